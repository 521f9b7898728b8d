/** The devices that ONNX Runtime computes on: all that differs between them. */
import type { DeviceKind } from '../../hosts/messages.ts';
import type { DeviceEntry } from './types.ts';
import { cudaProblem, vulkanAdapter, webgpuProblem } from './words.ts';

/** COREML_FLAG_CREATE_MLPROGRAM of ONNX Runtime's coreml_provider_factory.h. */
const ML_PROGRAM = 0x10;

/**
 * Best first: of those that work and are clearly faster than the CPU, `auto` takes the first. A device that keeps the
 * cache to itself goes before those to which it travels with every token, but for CUDA, which nobody has by chance.
 */
export const DEVICES: Readonly<Record<DeviceKind, DeviceEntry>> = {
  cuda: {
    name: 'CUDA',
    description: 'An NVIDIA card, through CUDA, whose libraries have to be installed (Linux, x64).',
    platforms: ['linux-x64'],
    where: 'Linux (x64)',
    session: () => ({ executionProviders: ['cuda'] }),
    // onnxruntime-node gives CUDA's outputs back in our memory; of the cache only what is new has to come.
    cache: 'in place',
    // ONNX Runtime's default for products in single precision is TF32, which keeps ten bits of each factor; its option has no name here.
    variables: { NVIDIA_TF32_OVERRIDE: '0' },
    problem: cudaProblem,
  },
  webgpu: {
    name: 'WebGPU',
    description: 'The graphics card, through WebGPU (Vulkan, Direct3D 12 or Metal).',
    platforms: ['linux-x64', 'win32-x64', 'win32-arm64', 'darwin-arm64'],
    where: 'Linux (x64), Windows and macOS (Apple silicon)',
    // It does not take a list of none.
    session: (left) => ({
      executionProviders: [{ name: 'webgpu', ...(left.length > 0 && { forceCpuNodeNames: left }) }],
    }),
    // Of cosines and sines, which rotary embeddings are made of, WebGPU promises eleven bits. The others' shaders are
    // taken for each other where shapes differ in what four divides: masks came out wrong behind pictures.
    unfit: ['Cos', 'Sin', 'And', 'Or', 'Xor'],
    cache: 'on the device',
    // ONNX Runtime does not say which adapter it took; on Linux the Vulkan loader does, when it is asked to.
    probeVariables: { VK_LOADER_DEBUG: 'driver' },
    adapter: vulkanAdapter,
    problem: webgpuProblem,
  },
  dml: {
    name: 'DirectML',
    description: 'The graphics card, through DirectML (Windows).',
    platforms: ['win32-x64', 'win32-arm64'],
    where: 'Windows',
    // Its memory has no addresses: patterns of it cannot be kept, and one thing runs after the other.
    session: () => ({ executionProviders: ['dml'], enableMemPattern: false, executionMode: 'sequential' }),
    // It takes no product with nothing to sum.
    cache: 'returned',
  },
  coreml: {
    name: 'Core ML',
    description: 'Apple’s graphics card and neural engine, through Core ML (macOS, Apple silicon).',
    platforms: ['darwin-arm64'],
    where: 'macOS (Apple silicon)',
    // The older format, its default, computes in half precision what the model has in single.
    session: () => ({ executionProviders: [{ name: 'coreml', coreMlFlags: ML_PROGRAM }] }),
    // It takes no tensor without elements.
    cache: 'returned',
  },
  cpu: {
    name: 'CPU',
    description: 'The processor.',
    platforms: ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'],
    where: 'Linux, Windows and macOS (Apple silicon)',
    session: () => ({ executionProviders: ['cpu'] }),
    cache: 'in place',
  },
};

/** Best first. */
export const DEVICE_KINDS = Object.keys(DEVICES) as DeviceKind[];
