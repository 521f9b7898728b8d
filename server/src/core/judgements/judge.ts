import type { Prediction } from '../models/types.ts';
import type { Rationale } from '../rationales/types.ts';
import { assertedChoice } from './asserted.ts';
import { readerOf } from './readers/index.ts';
import { rationale as ownReader } from './readers/rationale.ts';
import type { BaseSource, Judgement, Reading, Verdict } from './types.ts';

export interface JudgeInput {
  readonly recordId: string;
  readonly choices: readonly string[];
  /** The gold choice, zero-based; null or out of range when the record has none. */
  readonly answer: number | null;
  readonly prediction: Prediction;
  /** Of `prediction.output`. */
  readonly rationale: Rationale;
  /** The index of the first choice in the prompt that asked; absent or null when not known. */
  readonly indexBase?: 0 | 1 | null;
  /** Who says so; the prompt where this is absent. */
  readonly baseSource?: BaseSource;
  /** The id of the answer reader; `rationale` where this is absent, or names none. */
  readonly reader?: string;
}

/** Holds an output against its record: which choice it says, whether that is right, whether its reasoning agrees. */
export function judge(input: JudgeInput): Judgement {
  const { recordId, choices, prediction, rationale } = input;
  const reader = readerOf(input.reader ?? ownReader.id) ?? ownReader;
  const reading =
    // The readers of others say what they say, whatever a person has read.
    (reader === ownReader ? mappedReading(prediction, choices) : null) ??
    reader.read({
      output: prediction.output,
      rationale,
      choices,
      indexBase: input.indexBase ?? null,
      baseSource: input.baseSource ?? 'prompt',
    });
  const asserted = assertedChoice(prediction.output, rationale, choices, input.indexBase);
  return {
    recordId,
    verdict: verdictOf(input, reading),
    reading,
    rationale,
    asserted,
    contradiction: asserted && reading.choice !== null ? asserted.choice !== reading.choice : null,
  };
}

/** What a person wrote beside the output; null when nobody did, or it names no choice. */
function mappedReading({ mapped }: Prediction, choices: readonly string[]): Reading | null {
  if (mapped === undefined || choices[mapped] === undefined) return null;
  return { choice: mapped, method: 'mapped', span: null, confidence: 1, candidates: [], reader: 'a person' };
}

function verdictOf({ prediction, answer, choices }: JudgeInput, reading: Reading): Verdict {
  if (prediction.finishReason === 'error') return 'failed';
  if (prediction.output.trim() === '') return 'no-output';
  if (reading.choice === null) return 'unmapped';
  if (answer === null || answer < 0 || answer >= choices.length) return 'ungraded';
  return reading.choice === answer ? 'correct' : 'wrong';
}
