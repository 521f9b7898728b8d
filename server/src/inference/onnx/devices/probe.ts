/** Tries a device in a process of its own: a driver that crashes or hangs takes only that with it. */
import { availableParallelism } from 'node:os';
import { forked, HostProcess } from '../../hosts/host-process.ts';
import type { DeviceKind } from '../../hosts/messages.ts';
import { hostEntry } from '../host-entry.ts';
import { DEVICES } from './table.ts';
import type { DeviceProblem } from './types.ts';

/** Milliseconds a probe may take: the first run on a GPU compiles its shaders. */
const PROBE_LIMIT = 30_000;

/** What the probe of a device found: how long it takes for a piece of attention, or why it does not work. */
export type Probed = { readonly milliseconds: number; readonly adapter: string | null } | DeviceProblem;

export type Probe = (kind: DeviceKind) => Promise<Probed>;

/** Probes of this process: hardware does not change under us. */
const probes = new Map<DeviceKind, Promise<Probed>>();

export async function probed(kind: DeviceKind): Promise<Probed> {
  const probe = probes.get(kind) ?? probeDevice(kind);
  probes.set(kind, probe);
  const found = await probe;
  // What was never installed may be installed by the next time.
  if ('problem' in found && found.isQuiet) probes.delete(kind);
  return found;
}

/**
 * @param entry the file that runs as the model host
 * @param limit milliseconds that it may take
 */
export async function probeDevice(
  kind: DeviceKind,
  entry = hostEntry(),
  limit = PROBE_LIMIT,
): Promise<Probed> {
  const { variables, probeVariables, adapter, problem } = DEVICES[kind];
  const host = new HostProcess(forked(entry, { ...variables, ...probeVariables }));
  try {
    host.send({ type: 'probe', device: { kind, threads: availableParallelism() } });
    const answer = await host.next(limit);
    const printed = await host.finish();
    if (answer.type === 'probed')
      return { milliseconds: answer.milliseconds, adapter: adapter?.(printed) ?? null };
    if (answer.type === 'unusable') return problem?.({ ...answer, printed }) ?? { problem: answer.reason };
    return { problem: 'its probe gave no answer.' };
  } catch (error) {
    return { problem: `its probe ${(error as Error).message}.` };
  } finally {
    host.kill();
  }
}
