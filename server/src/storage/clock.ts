import type { Clock } from '../core/pipeline/types.ts';

/** What stored runs are timed and dated by. */
export const CLOCK: Clock = { seconds: () => performance.now() / 1000, date: () => new Date().toISOString() };
