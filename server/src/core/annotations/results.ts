import type { Judgement, ReadingMethod, Verdict, Vote } from '../judgements/types.ts';
import type { Faithfulness } from '../metrics/faithfulness.ts';
import type { Prediction } from '../models/types.ts';
import type { RecordSource } from '../records/types.ts';
import { choiceLetter } from '../text.ts';
import type { Finding } from './types.ts';

/** What one model says of a record, as hovers and hints show it. */
export interface ModelResult {
  readonly model: string;
  readonly role: 'teacher' | 'student' | 'base' | 'other';
  readonly prediction: Prediction;
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
  /** How the samples of the record voted, where the model gave more than one. */
  readonly vote?: Vote | null;
  /** What a test of the answer has shown, where one was made. */
  readonly faithfulness?: Faithfulness | null;
}

/** A verdict at a glance. */
export const VERDICT_MARKS: Readonly<Record<Verdict, string>> = {
  correct: '✓',
  wrong: '✗',
  unmapped: '?',
  ungraded: '·',
  'no-output': '∅',
  failed: '!',
};

/** How an answer was read, in words that follow "read from". */
export const METHOD_WORDS: Readonly<Record<ReadingMethod, string>> = {
  mapped: 'a person’s mapping',
  tag: 'the conclusion stage',
  json: 'the answer field of its JSON',
  label: 'a labelled line',
  letter: 'the letter it begins with',
  index: 'the number it begins with',
  text: 'the words it begins with',
  pair: 'a marked choice',
  'last-line': 'the last line',
  'repaired-json': 'the answer field of its broken JSON',
  ordinal: 'the place it names',
  mark: 'a bracketed mark',
  contained: 'the only choice it contains',
  part: 'a piece of one choice',
};

/** What became of an output, in a few words: `B (repel), wrong`. */
export function verdictWords(result: ModelResult, source: RecordSource): string {
  const { vote } = result;
  const said = outcomeWords(result, source);
  if (!vote || vote.choice === null) return said;
  return `${said}; ${vote.votes} of ${vote.samples} samples say so`;
}

function outcomeWords({ judgement, prediction }: ModelResult, { record }: RecordSource): string {
  const { verdict, reading } = judgement;
  if (verdict === 'failed') return prediction.error ?? 'the request failed';
  if (verdict === 'no-output') return 'no output';
  if (reading.choice === null) {
    return reading.candidates.length > 0 ? 'more than one choice can be read' : 'no choice can be read';
  }
  const name = `${choiceLetter(reading.choice)} (${record.choices[reading.choice] ?? ''})`;
  return verdict === 'ungraded' ? `${name}, and there is no gold answer to compare` : `${name}, ${verdict}`;
}
