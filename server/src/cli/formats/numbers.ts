import type { Calibration } from '../../core/metrics/calibration.ts';
import type { PassAt } from '../../core/metrics/samples.ts';
import type { Report, Share } from '../../core/metrics/types.ts';
import { percentWithInterval } from '../../core/numbers.ts';

export { percent, percentWithInterval } from '../../core/numbers.ts';

/**
 * A report in the names of the contract (design section 6); shares lie between 0 and 1.
 * @param slice Only the slices by this field; all when absent.
 */
export function numbersOf(report: Report, slice?: string) {
  const { n, mapped, correct, ungraded, coverage, accuracy, accuracyMapped, reader } = report;
  const { contradictions, quadrants, reasoningToError, slices } = report;
  return {
    n,
    mapped,
    coverage: coverage.value,
    correct,
    ungraded,
    accuracy: accuracy.value,
    accuracyMapped: accuracyMapped.value,
    interval: accuracy.interval,
    contradictions: shareJson(contradictions),
    quadrants,
    reasoningToError: { ...shareJson(reasoningToError), interval: reasoningToError.interval },
    slices: slices
      .filter(({ dimension }) => slice === undefined || dimension === slice)
      .map(({ dimension, value, accuracy: share }) => ({
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

function shareJson({ count, n, value }: Share) {
  return { count, n, value };
}

/** Whose fault the wrong answers are, in one sentence; empty where no reasoning names a choice. */
export function quadrantSentence({ quadrants, reasoningToError }: Report): string {
  const { n, both, reasoningOnly, conclusionOnly, neither } = quadrants;
  if (n === 0) return '';
  return `of ${n} whose reasoning and conclusion both name a choice, both are right in ${both}, only the reasoning in ${reasoningOnly} (reasoning-to-error ${percentWithInterval(reasoningToError)}), only the conclusion in ${conclusionOnly}, neither in ${neither}`;
}

/** How often one of k answers is right. */
export function samplesSentence({ outputs, records, values }: PassAt): string {
  const shares = values.map(({ k, value }) => `pass@${k} ${(value * 100).toFixed(1)} %`).join(', ');
  return `${outputs} or more outputs of each of ${records} records, ${shares}`;
}

/** How far stated confidences are from the share that is right. */
export function calibrationSentence({ error, bins, n }: Calibration): string {
  return `expected calibration error ${(error * 100).toFixed(1)} points over ${bins} bins, n ${n}`;
}
