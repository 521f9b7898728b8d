import { Z } from './share.ts';

/** How far two readings of the same records agree beyond chance. */
export interface Kappa {
  /** Records that both read. */
  readonly n: number;
  /** Share of them on which the two agree, 0 to 1; 0 when there are none. */
  readonly agreement: number;
  /** −1 to 1; null when chance alone would make them agree always, or there is nothing to compare. */
  readonly value: number | null;
  /** 95 %, from the large-sample standard error; null with `value`. */
  readonly interval: readonly [number, number] | null;
}

/**
 * Cohen's kappa (Cohen, 1960, "A coefficient of agreement for nominal scales", Educational and Psychological
 * Measurement 20), with the standard error of Fleiss, Cohen and Everitt (1969, Psychological Bulletin 72,
 * equation 13), which statsmodels uses too.
 * @param pairs What the two read in each record, as categories: choice indices.
 */
export function cohensKappa(pairs: readonly (readonly [number, number])[]): Kappa {
  const n = pairs.length;
  if (n === 0) return { n, agreement: 0, value: null, interval: null };
  const categories = [...new Set(pairs.flat())];
  const shareOf = (holds: (pair: readonly [number, number]) => boolean) => pairs.filter(holds).length / n;
  const first = new Map(categories.map((category) => [category, shareOf(([a]) => a === category)]));
  const second = new Map(categories.map((category) => [category, shareOf(([, b]) => b === category)]));
  const of = (shares: ReadonlyMap<number, number>, category: number) => shares.get(category) as number;
  const agreement = shareOf(([a, b]) => a === b);
  const chance = sum(categories.map((category) => of(first, category) * of(second, category)));
  if (1 - chance < 1e-12) return { n, agreement, value: null, interval: null };
  const value = (agreement - chance) / (1 - chance);
  const spread = sum(
    pairs.map(([a, b]) =>
      a === b
        ? (1 - (of(first, a) + of(second, a)) * (1 - value)) ** 2
        : (1 - value) ** 2 * (of(second, a) + of(first, b)) ** 2,
    ),
  );
  const variance = (spread / n - (value - chance * (1 - value)) ** 2) / ((1 - chance) ** 2 * n);
  const half = Z * Math.sqrt(Math.max(0, variance));
  return { n, agreement, value, interval: [Math.max(-1, value - half), Math.min(1, value + half)] };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
