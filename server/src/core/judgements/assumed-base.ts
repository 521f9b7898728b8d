import type { Reading } from './types.ts';

/** So many outputs must fit one base only. */
const LEAST = 5;
/** For so many of them one may fit only the other: models miscount, and a whole file should not hang on one slip. */
const SLIPS = 50;

/**
 * The index base of a whole file whose prompt is not known, told from outputs that were read without one: a 0
 * fits no list that begins with 1, the number of the last choice counted from 1 none that begins with 0. Null
 * when too few outputs tell, or when they disagree in more than a few slips.
 */
export function assumedBase(readings: Iterable<Reading>): 0 | 1 | null {
  const seen = [0, 0];
  for (const { indexBase } of readings) {
    if (indexBase?.source === 'assumed') seen[indexBase.value]!++;
  }
  const [zero = 0, one = 0] = seen;
  if (zero >= LEAST && zero >= one * SLIPS) return 0;
  return one >= LEAST && one >= zero * SLIPS ? 1 : null;
}
