import type { Rationale } from '../rationales/types.ts';
import { METHODS } from './methods/table.ts';
import type { Candidate, Reading } from './types.ts';

/** The answer reader of every number that is reported; its version changes when any output may be read otherwise. */
export const READER = { name: 'rationale', version: 1 } as const;

const reader = `${READER.name} ${READER.version}`;
const UNREAD: Reading = { choice: null, method: null, span: null, confidence: 0, candidates: [], reader };

/**
 * Maps an output to a choice by the first method of the table whose form it has, naming method and span.
 * It never guesses: when two choices fit, `choice` is null and both are in `candidates`.
 *
 * @param indexBase the index of the first choice in the prompt that asked; null when that is not known, and
 *   then a bare number is read only if it fits one base.
 */
export function readAnswer(
  output: string,
  rationale: Rationale,
  choices: readonly string[],
  indexBase: 0 | 1 | null = null,
): Reading {
  const passage = { text: output, span: { start: 0, end: output.length }, choices, indexBase };
  for (const method of METHODS) {
    const candidates = method.read(passage, rationale);
    if (candidates) return settle(candidates, method.confidence);
  }
  return UNREAD;
}

function settle(candidates: readonly Candidate[], confidence: number): Reading {
  const byChoice = new Map<number, Candidate>();
  for (const candidate of candidates) {
    if (!byChoice.has(candidate.choice)) byChoice.set(candidate.choice, candidate);
  }
  const [only, ...others] = byChoice.values();
  if (!only) return UNREAD;
  if (others.length > 0) return { ...UNREAD, candidates: [only, ...others] };
  return { choice: only.choice, method: only.method, span: only.span, confidence, candidates: [], reader };
}
