import type { Rationale } from '../../rationales/types.ts';
import type { BaseSource, Candidate, Reading, ReadingMethod } from '../types.ts';

/** What every reader is given. */
export interface ReaderInput {
  readonly output: string;
  /** Of `output`. */
  readonly rationale: Rationale;
  readonly choices: readonly string[];
  /** The index of the first choice in the prompt that asked; null when that is not known. */
  readonly indexBase: 0 | 1 | null;
  /** Who says so. */
  readonly baseSource: BaseSource;
}

/** A way of mapping outputs to choices, whole: ours, or another project's by its published rule. */
export interface Reader {
  readonly id: string;
  /** Raised when any output may be read otherwise. */
  readonly version: number;
  /** The rule, in a sentence or two. */
  readonly what: string;
  /** Where the rule is published. */
  readonly source: string;
  read(input: ReaderInput): Reading;
}

/** A reading by another project's rule: it has one method for all, and never two candidates. */
export function readingBy({ id, version }: Pick<Reader, 'id' | 'version'>, found: Candidate | null): Reading {
  const { choice = null, method = null, span = null } = found ?? {};
  return { choice, method, span, confidence: found ? 1 : 0, candidates: [], reader: `${id} ${version}` };
}

/** A letter at its place, if it names one of the choices. */
export function letterAt(
  letter: string,
  start: number,
  choices: readonly string[],
  method: ReadingMethod = 'letter',
): Candidate | null {
  const choice = letter.toUpperCase().charCodeAt(0) - 'A'.charCodeAt(0);
  const isChoice = /^[A-Z]$/i.test(letter) && choice < choices.length;
  return isChoice ? { choice, method, span: { start, end: start + 1 } } : null;
}
