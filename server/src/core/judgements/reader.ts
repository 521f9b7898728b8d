import type { Rationale } from '../rationales/types.ts';
import { ownTurns } from '../turn.ts';
import { fold } from './fold.ts';
import type { Found } from './methods/method.ts';
import { METHODS } from './methods/table.ts';
import type { Passage } from './name.ts';
import { behindThoughts } from './thoughts.ts';
import type { BaseSource, Candidate, IndexBase, Reading } from './types.ts';

/** The answer reader of every number that is reported; its version changes when any output may be read otherwise. */
export const READER = { name: 'rationale', version: 3 } as const;

const reader = `${READER.name} ${READER.version}`;
const UNREAD: Reading = { choice: null, method: null, span: null, confidence: 0, candidates: [], reader };

/**
 * Maps an output to a choice by the first method of the table whose form it has, naming method and span.
 * It never guesses: when two choices fit, `choice` is null and both are in `candidates`.
 *
 * @param indexBase the index of the first choice in the prompt that asked; null when that is not known, and
 *   then a bare number is read only if it fits one base.
 * @param baseSource who says so.
 */
export function readAnswer(
  output: string,
  rationale: Rationale,
  choices: readonly string[],
  indexBase: 0 | 1 | null = null,
  baseSource: BaseSource = 'prompt',
): Reading {
  const text = fold(output);
  for (const turn of ownTurns(output)) {
    const span = behindThoughts(output, turn);
    const reading = readTurn({ text, span, choices, indexBase }, rationale, baseSource);
    if (reading.choice !== null || reading.candidates.length > 0) return reading;
  }
  return UNREAD;
}

function readTurn(passage: Passage, rationale: Rationale, baseSource: BaseSource): Reading {
  for (const method of METHODS) {
    const found = method.read(passage, rationale);
    if (found) return settle(found, method.confidence, (one) => baseOf(one, passage.indexBase, baseSource));
  }
  return UNREAD;
}

function settle(
  all: readonly Found[],
  confidence: number,
  indexBase: (found: Found) => IndexBase | null,
): Reading {
  const byChoice = new Map<number, Found>();
  for (const found of all) {
    if (!byChoice.has(found.choice)) byChoice.set(found.choice, found);
  }
  const [only, ...others] = byChoice.values();
  if (!only) return UNREAD;
  if (others.length > 0) return { ...UNREAD, candidates: [only, ...others].map(toCandidate) };
  const { choice, method, span } = only;
  return {
    choice,
    method,
    span,
    confidence: Math.min(confidence, only.confidence),
    candidates: [],
    indexBase: indexBase(only),
    reader,
  };
}

function toCandidate({ choice, method, span }: Found): Candidate {
  return { choice, method, span };
}

/** An index that fits only one base is read under that one, and nobody but the output says so. */
function baseOf({ index, choice }: Found, known: 0 | 1 | null, source: BaseSource): IndexBase | null {
  if (index === null) return null;
  return known === null ? { value: index === choice ? 0 : 1, source: 'assumed' } : { value: known, source };
}
