/** What each device does on this machine. */
import type { DeviceKind } from '../../hosts/messages.ts';
import { kindsOn, nameOf } from './choose.ts';
import { type Probe, probed } from './probe.ts';
import { DEVICE_KINDS, DEVICES } from './table.ts';

export interface ExaminedDevice {
  readonly device: DeviceKind;
  /** As people read it, with the adapter where that is known. */
  readonly name: string;
  readonly state: 'works' | 'broken' | 'not-installed' | 'elsewhere';
  /** Of a piece of attention; null where it does not work. */
  readonly milliseconds: number | null;
  /** One sentence; null where it works. */
  readonly problem: string | null;
}

/** Tries every device, best first; those of other platforms come last. */
export async function examineDevices(probe: Probe = probed): Promise<ExaminedDevice[]> {
  const here = kindsOn();
  const examined: ExaminedDevice[] = [];
  for (const device of here) examined.push(await examine(device, probe));
  for (const device of DEVICE_KINDS.filter((kind) => !here.includes(kind))) {
    const { name, where } = DEVICES[device];
    const problem = `ONNX Runtime has it on ${where}.`;
    examined.push({ device, name, state: 'elsewhere', milliseconds: null, problem });
  }
  return examined;
}

async function examine(device: DeviceKind, probe: Probe): Promise<ExaminedDevice> {
  const found = await probe(device);
  if ('milliseconds' in found) {
    const { milliseconds, adapter } = found;
    return { device, name: nameOf(device, adapter), state: 'works', milliseconds, problem: null };
  }
  const state = found.isQuiet ? 'not-installed' : 'broken';
  return { device, name: nameOf(device, null), state, milliseconds: null, problem: found.problem };
}
