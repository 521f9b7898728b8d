import type { Report, Share } from '../../core/metrics/types.ts';

/** A report in the names of the contract (design section 6); shares lie between 0 and 1. */
export function numbersOf(report: Report) {
  const {
    n,
    mapped,
    correct,
    ungraded,
    coverage,
    accuracy,
    accuracyMapped,
    contradictions,
    quadrants,
    slices,
    reader,
  } = report;
  return {
    n,
    mapped,
    coverage: coverage.value,
    correct,
    ungraded,
    accuracy: accuracy.value,
    accuracyMapped: accuracyMapped.value,
    interval: accuracy.interval,
    contradictions: { count: contradictions.count, n: contradictions.n, value: contradictions.value },
    quadrants,
    slices: slices.map(({ dimension, value, accuracy: share }) => ({
      dimension,
      value,
      n: share.n,
      correct: share.count,
      accuracy: share.value,
      interval: share.interval,
    })),
    reader,
  };
}

/** `84.5 %`, or a dash when it is the share of nothing. */
export function percent({ value, n }: Share): string {
  return n === 0 ? '–' : `${(value * 100).toFixed(1)} %`;
}

/** `84.5 % (81.2–87.4)`. */
export function percentWithInterval(share: Share): string {
  if (share.n === 0) return '–';
  const [low, high] = share.interval.map((bound) => (bound * 100).toFixed(1));
  return `${percent(share)} (${low}–${high})`;
}
