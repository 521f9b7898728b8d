/** What the output rules share: where they point, how they name things, and what an output amounts to. */
import type { RecordSource } from '../records/types.ts';
import type { Span } from '../span.ts';
import { choiceLetter, shorten } from '../text.ts';
import type { OutputContext } from './types.ts';

/** Where a finding about the output as a whole stands: the question, or the id when there is none. */
export function questionSpan(source: RecordSource): Span {
  return source.fields.get('question')?.value ?? source.idSpan;
}

/** `B (repel)`. */
export function choiceName(choices: readonly string[], choice: number): string {
  const words = choices[choice];
  return words ? `${choiceLetter(choice)} (${shorten(words, 40)})` : choiceLetter(choice);
}

/** `A`, `A and B`, `A, B and C`. */
export function listed(names: readonly string[], last: 'and' | 'or' = 'and'): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;
}

/** False when the request failed or nothing came back: then only the rules for that speak. */
export function hasOutput({ judgement }: OutputContext): boolean {
  return judgement.verdict !== 'failed' && judgement.verdict !== 'no-output';
}

/**
 * True when the output was cut off: the model says so, or, where nobody knows why it stopped, it ends inside
 * a stage before the conclusion.
 */
export function wasCut({ prediction, judgement }: OutputContext): boolean {
  if (prediction.finishReason !== 'unknown') return prediction.finishReason === 'length';
  const last = judgement.rationale.stages.at(-1);
  return last !== undefined && last.name !== 'conclusion' && last.closeTag === null;
}

/** Words around an answer that explain nothing: "The final answer is". */
const LABEL_WORDS = 4;

/** True when an output names its choice and says nothing else. */
export function isAnswerOnly({ prediction, judgement }: OutputContext): boolean {
  const { reading, rationale } = judgement;
  if (!reading.span || rationale.stages.some((stage) => stage.name !== 'conclusion')) return false;
  const before = prediction.output.slice(0, reading.span.start);
  const behind = prediction.output.slice(reading.span.end);
  return countWords(`${before} ${behind}`.replace(/<[^<>]{0,40}>/g, ' '), LABEL_WORDS) <= LABEL_WORDS;
}

/** Different words below which an output that names no choice is called sparse. */
export const SPARSE_WORDS = 5;

/** True when an output is next to nothing: no stage, no choice, and hardly a word. */
export function isSparse({ judgement, prediction }: OutputContext): boolean {
  const { reading, rationale, verdict } = judgement;
  if (verdict !== 'unmapped' || reading.candidates.length > 0 || rationale.stages.length > 0) return false;
  return distinctWords(prediction.output, SPARSE_WORDS) < SPARSE_WORDS;
}

/** A word of at least two letters, or one character of a script that is written without spaces. */
const WORD = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|\p{L}{2,}/gu;

/** The number of words, not counted further than one past `enough`. */
function countWords(text: string, enough: number): number {
  let count = 0;
  for (const _ of text.matchAll(WORD)) if (++count > enough) break;
  return count;
}

function distinctWords(text: string, enough: number): number {
  const words = new Set<string>();
  for (const [word] of text.matchAll(WORD)) if (words.add(word.toLowerCase()).size >= enough) break;
  return words.size;
}
