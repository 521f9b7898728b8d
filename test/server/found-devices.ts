/** Probes of devices that this machine does not have. */
import assert from 'node:assert/strict';
import type { DeviceKind } from '../../server/src/inference/hosts/messages.ts';
import type { Probe, Probed } from '../../server/src/inference/onnx/devices/probe.ts';

export const works = (milliseconds: number, adapter: string | null = null): Probed => ({
  milliseconds,
  adapter,
});
export const broken = (problem: string): Probed => ({ problem });

/** Probes that find what is written down, and nothing else is asked for. */
export function finding(
  found: Partial<Record<DeviceKind, Probed>>,
): Probe & { readonly asked: DeviceKind[] } {
  const asked: DeviceKind[] = [];
  const probe = async (kind: DeviceKind) => {
    asked.push(kind);
    const one = found[kind];
    assert.ok(one, `${kind} should not be tried`);
    return one;
  };
  return Object.assign(probe, { asked });
}
