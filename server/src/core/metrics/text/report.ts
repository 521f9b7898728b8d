import type { StageName } from '../../rationales/types.ts';
import { metricText } from './per-text.ts';
import type { StagedText } from './texts.ts';
import type { MetricText, TextMetric } from './types.ts';

/**
 * `default`: every text with a reference counts, an empty one as the lowest value. `scienceqa-study`: as the
 * ScienceQA study of Gemini, Qwen and PaliGemma computed its tables.
 */
export type TextMode = 'default' | 'scienceqa-study';

/** An output and what it is held against. */
export interface TextItem {
  readonly candidate: StagedText;
  readonly reference: StagedText;
}

/** One metric of one part of the rationales. */
export interface TextScores {
  readonly metric: TextMetric;
  /** The rationale as a whole, or one stage of it. */
  readonly part: 'whole' | StageName;
  /** How many items count. */
  readonly n: number;
  /** Mean over the items that count; the lowest value where none does. */
  readonly mean: number;
  /** The score of each item in order; null where it does not count. */
  readonly scores: readonly (number | null)[];
}

/** The text metrics of one set of outputs. */
export interface TextReport {
  readonly mode: TextMode;
  /** Items with a reference: the denominator. The study's ROUGE-L and METEOR leave empty outputs out of theirs. */
  readonly n: number;
  readonly withoutReference: number;
  /** Of those with a reference, the outputs with nothing to score. */
  readonly empty: number;
  readonly scores: readonly TextScores[];
}

/** The study's metrics, and whether an empty output counts in them. */
const STUDY: Readonly<Record<string, 'empty counts' | 'empty is skipped'>> = {
  'bleu-1': 'empty counts',
  'bleu-4': 'empty counts',
  'rouge-l-package': 'empty is skipped',
  meteor: 'empty is skipped',
  cosine: 'empty counts',
};

interface Pair {
  readonly candidate: MetricText;
  readonly reference: MetricText;
}

/**
 * Scores every item with every metric of the mode: as a whole and, in the default mode, each stage that any
 * output has. A stage is held against the same stage of a reference that has stages, else against all of it.
 */
export function textReport(
  items: readonly TextItem[],
  mode: TextMode,
  metrics: readonly TextMetric[],
): TextReport {
  const whole = items.map(({ candidate, reference }) => pair(candidate.whole, reference.whole));
  const withReference = whole.filter((one) => one !== null);
  const counts = {
    mode,
    n: withReference.length,
    withoutReference: items.length - withReference.length,
    empty: withReference.filter(({ candidate }) => candidate.text === '').length,
  };
  if (mode === 'scienceqa-study') {
    const studied = metrics.filter(({ id }) => id in STUDY);
    const scores = studied.map((metric) => {
      const skipsEmpty = STUDY[metric.id] === 'empty is skipped';
      const counted = whole.map((one) => (skipsEmpty && one?.candidate.text === '' ? null : one));
      return scoresOf(metric, 'whole', counted);
    });
    return { ...counts, scores };
  }
  const parts = [{ part: 'whole' as const, pairs: whole }, ...stagePairs(items)];
  return {
    ...counts,
    scores: parts.flatMap(({ part, pairs }) => metrics.map((metric) => scoresOf(metric, part, pairs))),
  };
}

/**
 * Every text of a report on the items that a metric may want to prepare, each once. The study made sentence vectors
 * of empty texts too.
 */
export function comparedTexts(items: readonly TextItem[], mode: TextMode): string[] {
  const stages = mode === 'default' ? stagePairs(items).flatMap(({ pairs }) => pairs) : [];
  const pairs = [
    ...items.map(({ candidate, reference }) => pair(candidate.whole, reference.whole)),
    ...stages,
  ];
  const texts = new Set(pairs.flatMap((one) => (one ? [one.candidate.text, one.reference.text] : [])));
  if (mode === 'default') texts.delete('');
  return [...texts];
}

function stagePairs(items: readonly TextItem[]) {
  const names = new Set(items.flatMap(({ candidate }) => Object.keys(candidate.stages) as StageName[]));
  return [...names].map((part) => ({
    part,
    pairs: items.map(({ candidate, reference }) => {
      const hasStages = Object.keys(reference.stages).length > 0;
      return pair(candidate.stages[part] ?? '', hasStages ? (reference.stages[part] ?? '') : reference.whole);
    }),
  }));
}

/** Null when there is nothing to score against. */
function pair(candidate: string, reference: string): Pair | null {
  return reference === '' ? null : { candidate: metricText(candidate), reference: metricText(reference) };
}

function scoresOf(metric: TextMetric, part: TextScores['part'], pairs: readonly (Pair | null)[]): TextScores {
  const scores = pairs.map((one) => one && metric.score(one.candidate, one.reference));
  const counted = scores.filter((score) => score !== null);
  const sum = counted.reduce((total, score) => total + score, 0);
  const mean = counted.length === 0 ? metric.range[0] : sum / counted.length;
  return { metric, part, n: counted.length, mean, scores };
}
