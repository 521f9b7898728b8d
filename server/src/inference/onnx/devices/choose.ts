/** Which device a model runs on. */
import { availableParallelism } from 'node:os';
import type { Device, DeviceKind } from '../../hosts/messages.ts';
import { type Probe, probed } from './probe.ts';
import { DEVICE_KINDS, DEVICES } from './table.ts';

export type DeviceSetting = 'auto' | DeviceKind;

export const DEVICE_SETTINGS: readonly DeviceSetting[] = ['auto', ...DEVICE_KINDS];

/** A device that a model may run on. */
export interface ChosenDevice {
  readonly device: Device;
  /** As people read it: `CPU (2 threads)`. */
  readonly name: string;
}

/** A device that would be better, and why it was not taken. */
export interface PassedOver {
  /** One sentence. */
  readonly why: string;
  /** Nothing has gone wrong: told where somebody asks, and not at every run. */
  readonly isQuiet?: true;
}

/** Bytes of weights below which `auto` takes the CPU unasked: starting each step on a GPU costs more than computing it. */
const WORTH_A_GPU = 100_000_000;
/** Bytes of weights below which one thread does best: handing work to a second one costs more than it takes over. */
const WORTH_THREADS = 20_000_000;
/** How many times faster than the CPU a device must be for `auto` to take it. Software that poses as a GPU is slower. */
const CLEARLY_FASTER = 1.5;

const HERE = `${process.platform}-${process.arch}`;

/** The kinds that are built in on a platform, best first. */
export function kindsOn(platform = HERE): DeviceKind[] {
  return DEVICE_KINDS.filter((kind) => DEVICES[kind].platforms.includes(platform));
}

/**
 * The devices for a model, best first, with those that are passed over in between: each is tried only when the model
 * does not run on the one before. A device that was asked for is the only one.
 * @param size bytes of the model's files
 * @param probe how a device is tried
 * @throws Error whose message is one sentence, when the device that was asked for is not there
 */
export async function* devicesFor(
  setting: DeviceSetting,
  size: number,
  probe: Probe = probed,
  platform = HERE,
): AsyncGenerator<ChosenDevice | PassedOver> {
  if (setting === 'cpu') yield cpuDevice(size);
  else if (setting !== 'auto') yield await asked(setting, probe, platform);
  else {
    yield* better(size, probe, platform);
    yield cpuDevice(size);
  }
}

export function cpuDevice(size: number): ChosenDevice {
  const threads = size < WORTH_THREADS ? 1 : availableParallelism();
  return {
    device: { kind: 'cpu', threads },
    name: `${DEVICES.cpu.name} (${threads} ${threads === 1 ? 'thread' : 'threads'})`,
  };
}

/** What goes before the CPU. */
async function* better(
  size: number,
  probe: Probe,
  platform: string,
): AsyncGenerator<ChosenDevice | PassedOver> {
  if (size < WORTH_A_GPU) {
    const words = `Models of less than ${WORTH_A_GPU / 1e6} MB run on the CPU`;
    yield { why: `${words}: to start each step elsewhere costs more than to compute it.`, isQuiet: true };
    return;
  }
  for (const kind of kindsOn(platform).filter((kind) => kind !== 'cpu')) {
    const found = await probe(kind);
    if ('problem' in found) {
      const { problem, ...others } = found;
      yield { why: unavailable(kind, problem), ...others };
      continue;
    }
    const own = await probe('cpu');
    if ('milliseconds' in own && found.milliseconds * CLEARLY_FASTER > own.milliseconds) {
      const adapter = found.adapter ? ` (${found.adapter})` : '';
      const times = `${found.milliseconds.toFixed(1)} ms against ${own.milliseconds.toFixed(1)} ms`;
      yield {
        why: `${DEVICES[kind].name}${adapter} is no faster than the CPU here: ${times} for the same piece of attention.`,
      };
    } else yield chosen(kind, found.adapter);
  }
}

async function asked(
  kind: Exclude<DeviceKind, 'cpu'>,
  probe: Probe,
  platform: string,
): Promise<ChosenDevice> {
  const { name, where } = DEVICES[kind];
  const here = kindsOn(platform);
  if (!here.includes(kind)) {
    throw new Error(
      `${name} is not to be had here: ONNX Runtime has it on ${where}; choose ${['auto', ...here].join(', ')}.`,
    );
  }
  const found = await probe(kind);
  if ('problem' in found) throw new Error(unavailable(kind, found.problem));
  return chosen(kind, found.adapter);
}

function unavailable(kind: DeviceKind, problem: string): string {
  return `${DEVICES[kind].name} is not available here: ${problem}`;
}

/** What the CPU does beside it is little: one thread is enough. */
function chosen(kind: DeviceKind, adapter: string | null): ChosenDevice {
  return { device: { kind, threads: 1 }, name: nameOf(kind, adapter) };
}

/** With the adapter, where that is known. */
export function nameOf(kind: DeviceKind, adapter: string | null): string {
  const { name } = DEVICES[kind];
  return adapter ? `${name} on ${adapter}` : name;
}
