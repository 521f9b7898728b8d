import type { DatasetRecord } from '../records/types.ts';
import { normalise } from '../text.ts';

/** A choice that a solution says is right, and the sentence that says so. */
export interface SolutionAnswer {
  readonly choice: number;
  readonly sentence: string;
}

const ASSERTION = /\banswer is:?\s+([^\n]+)$/i;
/** Words with which a sentence may name a choice in order to reject it. */
const REJECTING =
  /\b(?:not|no|none|cannot|neither|nor|without|never|vague|incorrect|wrong|false|but|unlike|opinion|instead)\b|n['’]t\b/i;
/** ScienceQA shuffled its choices after the solutions were written: "the first answer choice" is any of them. */
export const BY_PLACE = /\b(?:first|second|third|fourth|fifth|last|answer choice)\b/i;
/** Choices that occur in any text without being meant. */
const COMMON_WORDS = new Set(['true', 'false', 'yes', 'no', 'a', 'b', 'c', 'd', 'e']);

/**
 * The choice other than the gold one that the record's solution ends in, or null: see `solutionAnswer`. Most
 * solutions hold the words of the gold choice, and then need no closer look.
 */
export function otherSolutionAnswer(record: DatasetRecord): SolutionAnswer | null {
  const { answer, choices, solution } = record;
  const gold = answer === null ? undefined : choices[answer];
  if (gold === undefined || solution === '') return null;
  // The gold choice stands near the end, and a search for at most six characters needs no tables: so half the time.
  if (gold !== '' && solution.lastIndexOf(gold) !== -1 && !solution.includes('wer is')) return null;
  const named = solutionAnswer(record);
  return named && named.choice !== answer ? named : null;
}

/**
 * The choice that the record's solution ends in: by a last sentence "The answer is …", or because it is the
 * only choice whose text the solution contains. Null when the solution is not clear: it speaks of choices by
 * place, rejects what it names, or two choices differ only in punctuation.
 */
export function solutionAnswer(record: DatasetRecord): SolutionAnswer | null {
  const { solution } = record;
  if (solution === '' || record.choices.length < 2) return null;
  const text = solution.toLowerCase();
  const choices = record.choices.map(bare);
  return asserted(solution, text, choices) ?? onlyNamed(solution, text, choices);
}

function asserted(solution: string, text: string, choices: readonly string[]): SolutionAnswer | null {
  const start = text.lastIndexOf('answer is');
  const said = start === -1 ? null : ASSERTION.exec(solution.slice(start).trimEnd());
  if (!said) return null;
  const answer = bare(said[1] as string);
  const choice = choices.indexOf(answer);
  if (choice === -1 || choices.lastIndexOf(answer) !== choice) return null;
  return { choice, sentence: sentenceAt(solution, start) };
}

function onlyNamed(solution: string, text: string, choices: readonly string[]): SolutionAnswer | null {
  let choice = -1;
  for (const [index, name] of choices.entries()) {
    if (name === '' || wordAt(text, name, 0) === -1) continue;
    if (choice !== -1) return null;
    choice = index;
  }
  const name = choices[choice];
  if (name === undefined || COMMON_WORDS.has(name) || choices.lastIndexOf(name) !== choice) return null;
  if (BY_PLACE.test(solution)) return null;
  let sentence = '';
  for (let at = wordAt(text, name, 0); at !== -1; at = wordAt(text, name, at + name.length)) {
    sentence = sentenceAt(solution, at);
    if (REJECTING.test(sentence)) return null;
  }
  return { choice, sentence };
}

/** Where the words stand in the text, not as part of longer words; -1 when nowhere. */
function wordAt(text: string, words: string, from: number): number {
  for (let at = text.indexOf(words, from); at !== -1; at = text.indexOf(words, at + 1)) {
    if (!isWordCharacter(text[at - 1]) && !isWordCharacter(text[at + words.length])) return at;
  }
  return -1;
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}

function sentenceAt(text: string, offset: number): string {
  const before = Math.max(
    ...['. ', '! ', '? ', '\n'].map((mark) => endOf(text.lastIndexOf(mark, offset), mark)),
  );
  const after = text.slice(offset).search(/[.!?](?:\s|$)|\n|$/);
  return text.slice(before, offset + after + 1).trim();
}

function endOf(offset: number, mark: string): number {
  return offset === -1 ? 0 : offset + mark.length;
}

/** A choice without case and without marks around it: titles in quotes and in `***italics***` are one title. */
function bare(choice: string): string {
  return normalise(choice).replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}
