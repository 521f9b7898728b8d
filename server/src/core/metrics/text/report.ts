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

type Part = TextScores['part'];

/** One metric of one part, and its scores so far. */
interface Column {
  readonly metric: TextMetric;
  readonly part: Part;
  readonly scores: (number | null)[];
}

/**
 * Scores every item with every metric of the mode: as a whole and, in the default mode, each stage that any
 * output has. A stage is held against the same stage of a reference that has stages, else against all of it.
 * One item after the other, since what metrics make of texts takes a hundred times as much memory as the texts.
 */
export function textReport(
  items: readonly TextItem[],
  mode: TextMode,
  metrics: readonly TextMetric[],
): TextReport {
  const isStudy = mode === 'scienceqa-study';
  const used = isStudy ? metrics.filter(({ id }) => id in STUDY) : metrics;
  const parts: Part[] = isStudy ? ['whole'] : ['whole', ...stagesOf(items)];
  const columns = parts.flatMap((part) => used.map((metric): Column => ({ metric, part, scores: [] })));
  for (const item of items) score(item, columns, isStudy);
  const withReference = items.filter(({ reference }) => reference.whole !== '');
  return {
    mode,
    n: withReference.length,
    withoutReference: items.length - withReference.length,
    empty: withReference.filter(({ candidate }) => candidate.whole === '').length,
    scores: columns.map(withMean),
  };
}

/**
 * Every text of a report on the items that a metric may want to prepare, each once. The study made sentence vectors
 * of empty texts too.
 */
export function comparedTexts(items: readonly TextItem[], mode: TextMode): string[] {
  const parts: Part[] = mode === 'default' ? ['whole', ...stagesOf(items)] : ['whole'];
  const texts = new Set<string>();
  for (const part of parts) {
    for (const item of items) {
      const { candidate, reference } = textsOf(item, part);
      if (reference !== '') texts.add(candidate).add(reference);
    }
  }
  if (mode === 'default') texts.delete('');
  return [...texts];
}

/** The stages that any output has. */
function stagesOf(items: readonly TextItem[]): StageName[] {
  return [...new Set(items.flatMap(({ candidate }) => Object.keys(candidate.stages) as StageName[]))];
}

/** What is held against what; an empty reference is none. */
function textsOf({ candidate, reference }: TextItem, part: Part): { candidate: string; reference: string } {
  if (part === 'whole') return { candidate: candidate.whole, reference: reference.whole };
  const hasStages = Object.keys(reference.stages).length > 0;
  return {
    candidate: candidate.stages[part] ?? '',
    reference: hasStages ? (reference.stages[part] ?? '') : reference.whole,
  };
}

/** The next score of every column. */
function score(item: TextItem, columns: readonly Column[], isStudy: boolean): void {
  const known = new Map<string, MetricText>();
  const taken = (text: string): MetricText => {
    const one = known.get(text) ?? metricText(text);
    known.set(text, one);
    return one;
  };
  for (const { metric, part, scores } of columns) {
    const { candidate, reference } = textsOf(item, part);
    const isLeftOut = isStudy && candidate === '' && STUDY[metric.id] === 'empty is skipped';
    scores.push(reference === '' || isLeftOut ? null : metric.score(taken(candidate), taken(reference)));
  }
}

function withMean({ metric, part, scores }: Column): TextScores {
  const counted = scores.filter((one) => one !== null);
  const sum = counted.reduce((total, one) => total + one, 0);
  const mean = counted.length === 0 ? metric.range[0] : sum / counted.length;
  return { metric, part, n: counted.length, mean, scores };
}
