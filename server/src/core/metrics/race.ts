import { exactMcNemar } from './mcnemar.ts';

/** One who runs: which records it has answered, and which of these rightly. */
export interface Racer {
  readonly id: string;
  /** Only a fair one may lead. */
  readonly isFair: boolean;
  readonly right: ReadonlyMap<string, boolean>;
}

/** Records between two looks. */
export const RACE_EVERY = 25;

/** The rule in words, for reports. */
export const RACE_RULE = `After every ${RACE_EVERY} records, a cell is stopped that is worse than the best fair cell of its model so far, by an exact McNemar test on the records both have answered, with p below 0.05 divided by the number of cells and looks (Bonferroni).`;

/**
 * Who cannot win any more: racing (Maron and Moore, 1994, "Hoeffding races") with a paired test in place of bounds, as
 * in F-Race (Birattari et al., 2002), since all answer the same records.
 *
 * @param tests how many tests the whole race makes, at most
 */
export function beaten(racers: readonly Racer[], tests: number): ReadonlySet<string> {
  const rate = ({ right }: Racer) => countRight(right) / Math.max(1, right.size);
  const leader = racers
    .filter(({ isFair }) => isFair)
    .reduce<Racer | null>((best, racer) => (best === null || rate(racer) > rate(best) ? racer : best), null);
  if (!leader) return new Set();
  const losing = racers.filter((racer) => {
    const [ahead, behind] = discordant(leader.right, racer.right);
    return ahead > behind && exactMcNemar(ahead, behind).p < 0.05 / tests;
  });
  return new Set(losing.map(({ id }) => id));
}

/** Records that only the first has right, and that only the second has. */
export function discordant(
  a: ReadonlyMap<string, boolean>,
  b: ReadonlyMap<string, boolean>,
): [onlyA: number, onlyB: number] {
  let [onlyA, onlyB] = [0, 0];
  for (const [record, isRight] of a) {
    const other = b.get(record);
    if (other === undefined || other === isRight) continue;
    if (isRight) onlyA++;
    else onlyB++;
  }
  return [onlyA, onlyB];
}

function countRight(right: ReadonlyMap<string, boolean>): number {
  let count = 0;
  for (const isRight of right.values()) if (isRight) count++;
  return count;
}
