import { randomIntegers } from '../random.ts';

/** How much better the second of two runs is, by resampling the records that both have. */
export interface PairedDifference {
  /** Records that both have a score of. */
  readonly n: number;
  /** Mean of the second minus mean of the first, in the unit of the scores. */
  readonly difference: number;
  /** 95 % percentile interval of the difference. */
  readonly interval: readonly [number, number];
  /** Two-sided: how often chance alone would make the difference at least as large. Never 0. */
  readonly p: number;
  readonly samples: number;
  readonly seed: number;
}

const SAMPLES = 10_000;
const SEED = 1;

/**
 * The paired bootstrap of a difference of means: records are drawn with replacement and both runs scored on the
 * same draw (Efron and Tibshirani, 1993, "An Introduction to the Bootstrap", section 13.3 for the percentile
 * interval; Riezler and Maxwell, 2005, "On some pitfalls in automatic evaluation and significance testing for
 * MT", section 4, for p from the shifted distribution, with one added above and below as sacrebleu does).
 * Null with fewer than two records, which resampling says nothing of.
 * @param first The score of each shared record in the first run.
 * @param second The same in the second run, in the same order.
 */
export function pairedBootstrap(
  first: readonly number[],
  second: readonly number[],
  { samples = SAMPLES, seed = SEED }: { readonly samples?: number; readonly seed?: number } = {},
): PairedDifference | null {
  const n = first.length;
  if (n < 2) return null;
  const gains = Float64Array.from(first, (score, index) => (second[index] as number) - score);
  const random = randomIntegers(seed);
  const drawn = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += gains[Math.floor((random() / 2 ** 32) * n)] as number;
    drawn[sample] = sum / n;
  }
  const difference = mean(gains);
  const centre = mean(drawn);
  const extreme = drawn.filter((value) => Math.abs(value - centre) >= Math.abs(difference)).length;
  drawn.sort();
  return {
    n,
    difference,
    interval: [quantile(drawn, 0.025), quantile(drawn, 0.975)],
    p: (extreme + 1) / (samples + 1),
    samples,
    seed,
  };
}

/** Between two neighbours by straight line, as numpy's default does. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const below = sorted[low] as number;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  return below + (above - below) * (place - low);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
