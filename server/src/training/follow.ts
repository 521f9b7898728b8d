import { setTimeout as wait } from 'node:timers/promises';
import type { TrainingEvent } from '../core/training/events.ts';
import type { RunEvents } from './run-events.ts';
import { isTraining } from './trainer-process.ts';

/** Events are looked for this often, and the process that writes them less often. Milliseconds. */
const EVENTS_EVERY = 200;
const PROCESS_EVERY = 1000;

/**
 * What the trainer says in a run's folder, as it says it: first everything that is there. Ends when the trainer has
 * ended, or when it is no longer wanted.
 */
export async function* follow(
  folder: string,
  events: RunEvents,
  signal: AbortSignal,
): AsyncIterable<readonly TrainingEvent[]> {
  let looked = 0;
  for (;;) {
    // Asked before the last reading, so that nothing that it said at its end is missed.
    const isOver = performance.now() - looked > PROCESS_EVERY && !isTraining(folder);
    if (!isOver && performance.now() - looked > PROCESS_EVERY) looked = performance.now();
    const fresh = events.read();
    if (fresh.length > 0) yield fresh;
    if (isOver || signal.aborted) return;
    await wait(EVENTS_EVERY, undefined, { signal }).catch(() => undefined);
  }
}
