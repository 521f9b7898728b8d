/** Which device a model runs on. */
import { availableParallelism } from 'node:os';
import { forked, HostProcess } from '../hosts/host-process.ts';
import type { Device, DeviceKind } from '../hosts/messages.ts';
import { hostEntry } from './host-entry.ts';

export type DeviceSetting = 'auto' | 'cpu' | 'webgpu';

export interface ChosenDevice {
  readonly device: Device;
  /** As people read it: `CPU (2 threads)`. */
  readonly name: string;
  /** Why it is not the device that was asked for; one sentence. */
  readonly reason?: string;
}

/** Bytes of weights below which `auto` takes the CPU unasked: starting each step on a GPU costs more than computing it. */
const WORTH_A_GPU = 100_000_000;
/** Bytes of weights below which one thread does best: handing work to a second one costs more than it takes over. */
const WORTH_THREADS = 20_000_000;
/** How many times faster than the CPU WebGPU must be for `auto` to take it. Software that poses as a GPU is slower. */
const CLEARLY_FASTER = 1.5;
/** Milliseconds a probe may take: the first run on a GPU compiles its shaders. */
const PROBE_LIMIT = 30_000;

/** What the probe of a device found. */
export type Probed =
  | { readonly milliseconds: number; readonly adapter: string | null }
  | { readonly problem: string };

/** ONNX Runtime does not say which adapter it took; on Linux the Vulkan loader does, when it is asked to. */
const VULKAN_SPEAKS = { VK_LOADER_DEBUG: 'driver' };

/** Probes of this process, by device kind: hardware does not change under us. */
const probes = new Map<DeviceKind, Promise<Probed>>();

/** @param size bytes of the model's files */
export async function chooseDevice(setting: DeviceSetting, size: number): Promise<ChosenDevice> {
  const cpu = cpuDevice(size);
  if (setting === 'cpu' || (setting === 'auto' && size < WORTH_A_GPU)) return cpu;
  const gpu = await probed('webgpu');
  if ('problem' in gpu) return { ...cpu, reason: `WebGPU is not available here: ${gpu.problem}` };
  const name = gpu.adapter ? `WebGPU on ${gpu.adapter}` : 'WebGPU';
  const webgpu: ChosenDevice = { device: { kind: 'webgpu', threads: 1 }, name };
  if (setting === 'webgpu') return webgpu;
  const own = await probed('cpu');
  if ('milliseconds' in own && gpu.milliseconds * CLEARLY_FASTER > own.milliseconds) {
    const ours = gpu.adapter ? ` (${gpu.adapter})` : '';
    const times = `${gpu.milliseconds.toFixed(1)} ms against ${own.milliseconds.toFixed(1)} ms for the same product`;
    return { ...cpu, reason: `WebGPU${ours} is no faster than the CPU here: ${times}.` };
  }
  return webgpu;
}

function cpuDevice(size: number): ChosenDevice {
  const threads = size < WORTH_THREADS ? 1 : availableParallelism();
  return {
    device: { kind: 'cpu', threads },
    name: `CPU (${threads} ${threads === 1 ? 'thread' : 'threads'})`,
  };
}

function probed(kind: DeviceKind): Promise<Probed> {
  let probe = probes.get(kind);
  if (!probe) {
    probe = probeDevice({ kind, threads: availableParallelism() });
    probes.set(kind, probe);
  }
  return probe;
}

/**
 * Runs the device in a child process: a driver that crashes or hangs takes only the child with it.
 * @param entry the file that runs as the model host
 * @param limit milliseconds that it may take
 */
export async function probeDevice(device: Device, entry = hostEntry(), limit = PROBE_LIMIT): Promise<Probed> {
  const host = new HostProcess(forked(entry, VULKAN_SPEAKS));
  try {
    host.send({ type: 'probe', device });
    const answer = await host.next(limit);
    if (answer.type !== 'probed')
      return { problem: answer.type === 'refused' ? answer.reason : 'its probe gave no answer.' };
    return { milliseconds: answer.milliseconds, adapter: adapterIn(await host.finish()) };
  } catch (error) {
    return { problem: `its probe ${(error as Error).message}.` };
  } finally {
    host.kill();
  }
}

/** The adapter's name in what the Vulkan loader prints as it opens one; null where there is no such loader. */
function adapterIn(printed: string): string | null {
  return /^\[Vulkan Loader\].* Using "(.+)" with driver: /m.exec(printed)?.[1] ?? null;
}
