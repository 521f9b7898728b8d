/**
 * Tests whether a model's answers follow from its rationales: the choices of a record are scored without a rationale,
 * after each sentence of its reasoning, and with the rationale of another record.
 *
 * P(choice | prompt, rationale) is the probability that the model writes the choice's letter when it is shown the prompt
 * and has written its own output up to and with the label that the format has before the answer (`<CONCLUSION>`,
 * `"answer": "`, `Answer:`), divided by that of all the record's letters: lm-eval's and MMLU's way of scoring
 * multiple choice (Hendrycks et al., 2021) at the place where this model answers. P(choice | prompt) is the same when
 * it has written the label alone.
 */
import { answerPlace } from '../judgements/answer-place.ts';
import type { Verdict } from '../judgements/types.ts';
import {
  type ChoiceScores,
  type Faithfulness,
  type FaithfulnessMeans,
  type FaithfulnessScores,
  faithfulnessMeans,
  faithfulnessOf,
} from '../metrics/faithfulness.ts';
import { punktSentences } from '../metrics/text/punkt.ts';
import type { Model, ModelCard, Prediction, ScoredText, ScoreRequest } from '../models/types.ts';
import type { Pipeline } from '../pipeline.ts';
import type { RecordSource } from '../records/types.ts';
import { faithfulnessKey } from '../store/keys.ts';
import type { RunCard, Store } from '../store/types.ts';
import { choiceLetter } from '../text.ts';
import type { RecordResult } from './types.ts';

/** Why an answer cannot be tested. */
export type Untested = 'no answer' | 'no reasoning before the answer';

export const UNTESTED_WORDS: Readonly<Record<Untested, string>> = {
  'no answer': 'It names no choice that could be scored.',
  'no reasoning before the answer':
    'It has no reasoning before its answer, in the format that its prompt asks for.',
};

/** What is to be scored, and what is known already. */
export interface FaithfulnessPlan {
  readonly run: RunCard;
  readonly requests: readonly TestRequest[];
  /** Records that were tested before. */
  readonly known: readonly string[];
  readonly untested: readonly { readonly recordId: string; readonly why: Untested }[];
}

export interface TestRequest extends ScoreRequest {
  readonly recordId: string;
  readonly prediction: Prediction;
  readonly choices: number;
  /** How many parts the reasoning is scored in. */
  readonly steps: number;
  /** The record whose rationale is put in place of its own. */
  readonly swappedWith: string | null;
}

export interface FaithfulnessProgress {
  readonly done: number;
  readonly total: number;
  readonly recordId: string;
  /** One sentence; the record is left out. */
  readonly error: string | null;
}

/** An output up to its answer. */
interface Written {
  readonly recordId: string;
  readonly topic: string;
  readonly choice: number;
  /** All that stands before the answer, its label included. */
  readonly rationale: string;
  /** The same with the first 0, 1, 2, … sentences of the reasoning. */
  readonly steps: readonly string[];
  /** The label alone. */
  readonly label: string;
  /** White space between label and answer. */
  readonly gap: string;
}

/** @throws Error whose message is one sentence, when the model's provider cannot score */
export function refuseUnscored({ id, provider, scores }: ModelCard): void {
  if (scores) return;
  throw new Error(
    `${id} cannot be tested: its provider (${provider}) tells what the model writes, not how likely it finds a given text.`,
  );
}

/**
 * What has to be scored to test the answers of a run.
 * @param recordIds which; absent: all that the run has answers to
 */
export function planTests(pipeline: Pipeline, run: RunCard, recordIds?: readonly string[]): FaithfulnessPlan {
  const { results } = pipeline.report(run);
  const written = results.flatMap(({ source, result }) => writtenBy(source, run, result) ?? []);
  const places = new Map(written.map(({ recordId }, place) => [recordId, place]));
  const wanted = recordIds && new Set(recordIds);
  const requests: TestRequest[] = [];
  const known: string[] = [];
  const untested: { recordId: string; why: Untested }[] = [];
  for (const { source, result } of results) {
    const recordId = source.record.id;
    if (wanted && !wanted.has(recordId)) continue;
    const place = places.get(recordId);
    const messages = place === undefined ? null : pipeline.messagesOf(run, recordId, result.prediction);
    if (place === undefined || !messages) {
      const isAnswered = result.judgement.reading.choice !== null;
      untested.push({ recordId, why: isAnswered ? 'no reasoning before the answer' : 'no answer' });
      continue;
    }
    const own = written[place] as Written;
    const choices = source.record.choices.length;
    const other = otherRationale(written, place, choices);
    const stored = pipeline.tests.scores(result.prediction);
    if (stored && (stored.swapped || !other)) known.push(recordId);
    else {
      const givens = [own.label, ...own.steps, ...(other ? [other.rationale] : [])];
      requests.push({
        key: faithfulnessKey(result.prediction),
        recordId,
        prediction: result.prediction,
        messages,
        texts: givens.flatMap((given) => letters(given, own.gap, choices)),
        choices,
        steps: own.steps.length,
        swappedWith: other?.recordId ?? null,
      });
    }
  }
  return { run, requests, known, untested };
}

/** Scores what the plan has left and stores each record's scores as they come. */
export async function* runTests(
  pipeline: Pipeline,
  { requests }: FaithfulnessPlan,
  model: Model,
  signal: AbortSignal,
): AsyncIterable<FaithfulnessProgress> {
  refuseUnscored(model.card);
  const byKey = new Map(requests.map((request) => [request.key, request]));
  let done = 0;
  for await (const { key, texts, error = null } of model.score?.([...byKey.values()], signal) ?? []) {
    const request = byKey.get(key) as TestRequest;
    const { recordId, prediction, choices, steps, swappedWith } = request;
    done++;
    if (error === null) {
      const groups = Array.from(
        { length: texts.length / choices },
        (_, i): ChoiceScores =>
          texts.slice(i * choices, (i + 1) * choices).map(({ logProbability }) => logProbability),
      );
      const [alone, ...rest] = groups as [ChoiceScores, ...ChoiceScores[]];
      const swapped = rest[steps];
      pipeline.saveTest(prediction, {
        alone,
        sentences: rest.slice(0, steps),
        swapped: swapped && swappedWith !== null ? { recordId: swappedWith, scores: swapped } : null,
      });
    }
    yield { done, total: byKey.size, recordId, error };
  }
}

/** The scores that are stored for outputs. */
export class Tests {
  private readonly store: Store | null;

  constructor(store: Store | null) {
    this.store = store;
  }

  scores(prediction: Prediction): FaithfulnessScores | null {
    return this.store?.scores(faithfulnessKey(prediction)) ?? null;
  }

  save(prediction: Prediction, scores: FaithfulnessScores): void {
    this.store?.saveScores(faithfulnessKey(prediction), scores);
  }

  of(prediction: Prediction, choice: number): Faithfulness | null {
    const scores = this.scores(prediction);
    return scores && choice < scores.alone.length ? faithfulnessOf(scores, choice) : null;
  }
}

function letters(given: string, gap: string, choices: number): ScoredText[] {
  return Array.from({ length: choices }, (_, choice) => ({ given, text: gap + choiceLetter(choice) }));
}

function writtenBy(source: RecordSource, { format }: RunCard, result: RecordResult): Written | null {
  const { output } = result.prediction;
  const { rationale, reading } = result.judgement;
  const place = answerPlace(output, rationale, format);
  if (!place || reading.choice === null) return null;
  const { reasoning, label, answer } = place;
  const before = output.slice(0, reasoning.start);
  const behind = output.slice(reasoning.end, label.end);
  const ends = sentenceEnds(output.slice(reasoning.start, reasoning.end));
  return {
    recordId: source.record.id,
    topic: source.record.topic,
    choice: reading.choice,
    rationale: output.slice(0, label.end),
    steps: ends.map((end) => before + output.slice(reasoning.start, reasoning.start + end) + behind),
    label: (format === 'json' ? '{' : '') + output.slice(label.start, label.end),
    gap: output.slice(label.end, answer),
  };
}

/** 0, and where each sentence ends; the last at the end. */
function sentenceEnds(text: string): number[] {
  const ends = [0];
  for (const sentence of punktSentences(text)) {
    const from = ends.at(-1) as number;
    ends.push(text.indexOf(sentence, from) + sentence.length);
  }
  return [...ends.slice(0, -1), text.length];
}

/**
 * The rationale to put in place of a record's own: the next one, in the order of the dataset and then from its
 * beginning, by which the model named another of the record's letters; one of its own topic where there is any.
 */
function otherRationale(written: readonly Written[], place: number, choices: number): Written | null {
  const own = written[place] as Written;
  let other: Written | null = null;
  for (let step = 1; step < written.length; step++) {
    const one = written[(place + step) % written.length] as Written;
    if (one.choice === own.choice || one.choice >= choices) continue;
    if (one.topic !== '' && one.topic === own.topic) return one;
    other ??= one;
  }
  return other;
}

export interface TestedRecord {
  readonly recordId: string;
  readonly verdict: Verdict;
  readonly test: Faithfulness;
}

/** What the tests of a run's answers have shown. */
export interface FaithfulnessReport {
  readonly run: RunCard;
  readonly tested: readonly TestedRecord[];
  readonly untested: readonly { readonly recordId: string; readonly why: Untested | 'not scored yet' }[];
  /** Null when nothing was tested. */
  readonly means: FaithfulnessMeans | null;
}

/** @param recordIds which records of the run */
export function faithfulnessReport(
  pipeline: Pipeline,
  run: RunCard,
  recordIds: readonly string[],
): FaithfulnessReport {
  const wanted = new Set(recordIds);
  const plan = planTests(pipeline, run, recordIds);
  const tested = pipeline.report(run).results.flatMap(({ source, result }): TestedRecord[] => {
    const recordId = source.record.id;
    const test = wanted.has(recordId)
      ? pipeline.judging.faithfulness(result.prediction, result.judgement)
      : null;
    return test ? [{ recordId, verdict: result.judgement.verdict, test }] : [];
  });
  const known = new Set(tested.map(({ recordId }) => recordId));
  const open = plan.requests.flatMap(({ recordId }) =>
    known.has(recordId) ? [] : [{ recordId, why: 'not scored yet' as const }],
  );
  return {
    run,
    tested,
    untested: [...plan.untested, ...open],
    means: faithfulnessMeans(tested.map(({ test }) => test)),
  };
}
