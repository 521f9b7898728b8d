import type { SentenceVectors } from '../core/metrics/text/cosine.ts';
import type { SentenceEmbedder } from '../core/models/types.ts';
import {
  comparedTexts,
  parseWordNet,
  recordReference,
  stagedText,
  studyOverall,
  textMetrics,
  textReport,
} from '../core/pipeline.ts';
import type { Rationale } from '../core/rationales/types.ts';
import type { RecordSource } from '../core/records/types.ts';
import { readWordNetTable } from '../files/wordnet.ts';
import type { Output } from './outputs.ts';
import { ProgressLine } from './progress.ts';

export type MetricsMode = Parameters<typeof textReport>[1];
export const METRICS_MODES: readonly (MetricsMode | 'none')[] = ['default', 'scienceqa-study', 'none'];
export const REFERENCES = ['lecture+solution', 'solution'] as const;
export type Reference = (typeof REFERENCES)[number];

/** An output to be scored. */
export interface Scored {
  readonly output: Output;
  readonly source: RecordSource;
  readonly rationale: Rationale;
}

/** The text metrics of a file of outputs, with all that a number needs to be quoted. */
export interface TextMetrics {
  readonly reference: Reference;
  /** The field that was scored; null when the text was taken from the output. */
  readonly textField: string | null;
  readonly report: ReturnType<typeof textReport>;
  /** The ScienceQA study's one number, in its mode. */
  readonly overall: ReturnType<typeof studyOverall> | null;
}

/**
 * Scores rationales against what the records say.
 * @param embedder what makes sentence vectors for the cosine; null leaves it out
 * @param textField the field of an output that holds the text to be scored; its stages, or all of it, when absent
 */
export async function scoreTexts(
  scored: readonly Scored[],
  mode: MetricsMode,
  reference: Reference,
  textField: string | undefined,
  embedder: SentenceEmbedder | null,
): Promise<TextMetrics> {
  const items = scored.map(({ output, source, rationale }) => ({
    candidate:
      textField === undefined
        ? stagedText(rationale, output.output)
        : { whole: fieldText(output.fields[textField]), stages: {} },
    reference: recordReference(source.record, reference),
  }));
  const vectors = embedder && (await sentenceVectors(embedder, comparedTexts(items, mode)));
  const report = textReport(items, mode, textMetrics(parseWordNet(readWordNetTable()), vectors));
  const overall = mode === 'scienceqa-study' ? overallOf(report, scored) : null;
  return { reference, textField: textField ?? null, report, overall };
}

async function sentenceVectors(
  embedder: SentenceEmbedder,
  texts: readonly string[],
): Promise<SentenceVectors> {
  const line = new ProgressLine('sentence vectors', 'texts');
  const vectors = await embedder.embed(texts, (done) => line.show(done, texts.length, done));
  line.end();
  const byText = new Map(texts.map((text, i) => [text, vectors[i] as readonly number[]]));
  return { model: embedder.name, byText };
}

/** The study averaged the raw cosine on validation and the normalised one on test. */
function overallOf({ scores }: TextMetrics['report'], scored: readonly Scored[]) {
  const meanIfAny = (id: string) => scores.find(({ metric }) => metric.id === id)?.mean ?? null;
  const mean = (id: string) => meanIfAny(id) ?? 0;
  const means = {
    bleu1: mean('bleu-1'),
    bleu4: mean('bleu-4'),
    rougeL: mean('rouge-l-package'),
    meteor: mean('meteor'),
    cosine: meanIfAny('cosine'),
  };
  const isTest = scored.every(({ source }) => source.record.split === 'test');
  return studyOverall(means, isTest ? 'normalised' : 'raw');
}

/** As it stands: the study's ROUGE-L sees white space. */
function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
