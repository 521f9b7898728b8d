/** What ONNX Runtime and what it loads say of a device that does not work, as sentences that say what to do. */
import { basename, dirname } from 'node:path';
import type { DeviceProblem, Refusal } from './types.ts';

const PROVIDERS = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];

/** ONNX Runtime's error says no more than that a library failed; which one and why, it prints. */
export function cudaProblem({ reason, printed, runtime }: Refusal): DeviceProblem {
  const failure = /CUDA failure \d+: ([^;\n]+?)\s*;/.exec(reason)?.[1];
  if (failure) return { problem: `CUDA says: ${failure}.` };
  const [, library = '', error = ''] =
    /Failed to load library (.+) with error: (.+)/.exec(printed)?.map((text) => text.trim()) ?? [];
  const [, missing] = /^(.+?): cannot open shared object file/.exec(error) ?? [];
  if (missing === library && missing) {
    const problem = `its part of ONNX Runtime is not installed: copy ${PROVIDERS.join(' and ')} of onnxruntime-gpu ${runtime} (PyPI) into ${dirname(library)}, and install CUDA and cuDNN.`;
    return { problem, isQuiet: true };
  }
  if (missing === 'libcuda.so.1')
    return { problem: 'libcuda.so.1 is missing: install the driver of NVIDIA.' };
  if (missing) {
    const wanted = `${missing} is missing, which ${basename(library)} needs`;
    return {
      problem: `${wanted}: install CUDA and cuDNN, or name the folder that holds it in LD_LIBRARY_PATH.`,
    };
  }
  if (error) return { problem: `${library} cannot be loaded: ${error.replace(`${library}: `, '')}.` };
  return { problem: reason };
}

export function webgpuProblem({ reason, printed }: Refusal): DeviceProblem {
  const [, loader] = /Couldn't load Vulkan: (\S+): /.exec(printed) ?? [];
  if (loader)
    return {
      problem: `${loader} is missing: install the Vulkan loader and the driver of the graphics card.`,
    };
  if (reason.includes('Failed to get a WebGPU adapter'))
    return { problem: 'no graphics card was found that has a driver for it.' };
  return { problem: reason };
}

/** The adapter's name in what the Vulkan loader prints as it opens one; null where there is no such loader. */
export function vulkanAdapter(printed: string): string | null {
  return /^\[Vulkan Loader\].* Using "(.+)" with driver: /m.exec(printed)?.[1] ?? null;
}
