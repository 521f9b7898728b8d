import type { Prediction } from '../models/types.ts';
import type { Rationale } from '../rationales/types.ts';
import { assertedChoice } from './asserted.ts';
import { readAnswer } from './reader.ts';
import type { Judgement, Reading, Verdict } from './types.ts';

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
}

/** Holds an output against its record: which choice it says, whether that is right, whether its reasoning agrees. */
export function judge(input: JudgeInput): Judgement {
  const { recordId, choices, prediction, rationale } = input;
  const reading = readAnswer(prediction.output, rationale, choices, input.indexBase);
  const reasoning = rationale.byName.reasoning;
  const asserted = reasoning ? assertedChoice(reasoning, choices) : null;
  return {
    recordId,
    verdict: verdictOf(input, reading),
    reading,
    rationale,
    asserted,
    contradiction: asserted && reading.choice !== null ? asserted.choice !== reading.choice : null,
  };
}

function verdictOf({ prediction, answer, choices }: JudgeInput, reading: Reading): Verdict {
  if (prediction.finishReason === 'error') return 'failed';
  if (prediction.output.trim() === '') return 'no-output';
  if (reading.choice === null) return 'unmapped';
  if (answer === null || answer < 0 || answer >= choices.length) return 'ungraded';
  return reading.choice === answer ? 'correct' : 'wrong';
}
