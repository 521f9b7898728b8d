/** What the output rules share: where they point, how they name things, and what an output amounts to. */

import { openTail } from '../json-output.ts';
import type { RecordSource } from '../records/types.ts';
import type { Span } from '../span.ts';
import { choiceLetter, shorten } from '../text.ts';
import type { OutputContext, Threshold } from './types.ts';

/** Where a finding about the output as a whole stands: the question, or the id when there is none. */
export function questionSpan(source: RecordSource): Span {
  return source.fields.get('question')?.value ?? source.idSpan;
}

/** The output without the white space around it, for findings on all of it. */
export function wholeOutput(output: string): Span {
  const start = output.length - output.trimStart().length;
  return { start, end: Math.max(start, output.trimEnd().length) };
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

/** True when the output was cut off: see `cutTail`. */
export function wasCut(context: OutputContext): boolean {
  return cutTail(context) !== null;
}

/**
 * The end of an output that was cut off, from where its last piece begins. The model says that it was cut, or,
 * where nobody knows why it stopped, the output ends inside a stage before the conclusion, or inside a value of
 * its JSON.
 */
export function cutTail({ prediction, judgement }: OutputContext): Span | null {
  const { finishReason, output } = prediction;
  if (finishReason === 'stop' || finishReason === 'error') return null;
  const last = judgement.rationale.stages.at(-1);
  const inStage = last && !last.closeTag ? (last.text ? last.span : last.openTag) : null;
  if (finishReason === 'length') return inStage ?? openTail(output) ?? lastLine(output);
  if (last) return last.name === 'conclusion' ? null : inStage;
  return openTail(output);
}

function lastLine(output: string): Span {
  const { end } = wholeOutput(output);
  return { start: output.lastIndexOf('\n', end - 1) + 1, end };
}

/** What `isAnswerOnly` goes by. */
export const ANSWER_ONLY: Threshold = {
  default: 2,
  what: 'the most words that may stand beside the answer, its label ("The final answer is") not counted.',
  minimum: 0,
  maximum: 50,
};

/** Words that announce an answer and explain nothing. */
const LABEL_WORDS = new Set(
  'the this your my so therefore final correct right best answer response solution option choice letter is'.split(
    ' ',
  ),
);
/** Tags, keys of JSON and fences. */
const FORM = /<[^<>]{0,40}>|"[^"\n]{0,40}"\s{0,4}:|```\w*/g;

/** True when an output names its choice and says nothing else; the choice's own words again are nothing else. */
export function isAnswerOnly(
  { prediction, judgement, source }: OutputContext,
  most: number = ANSWER_ONLY.default,
): boolean {
  const { reading, rationale } = judgement;
  if (!reading.span || reading.choice === null) return false;
  if (rationale.stages.some((stage) => stage.name !== 'conclusion')) return false;
  const { start, end } = reading.span;
  const around = `${prediction.output.slice(0, start)} ${prediction.output.slice(end)}`.replace(FORM, ' ');
  const own = new Set(wordsOf(source.record.choices[reading.choice] ?? ''));
  const others = wordsOf(around).filter((word) => !own.has(word) && !LABEL_WORDS.has(word));
  return others.length <= most;
}

/** What `isSparse` goes by. */
export const SPARSE: Threshold = {
  default: 5,
  what: 'the number of different words, not counting words such as "the" and "of", below which an output that names no choice is sparse.',
  minimum: 1,
  maximum: 50,
};

/** What goes on for longer than so many characters without a word is seen by then. */
const MOST_LOOKED_AT = 20_000;
/** Words that say nothing by themselves. */
const FUNCTION_WORDS = new Set(
  'a an and are as at be by for from in is it of on or so than that the this to was with'.split(' '),
);
/** Something stands where an answer is announced, or in a field of JSON. */
const ATTEMPT = new RegExp(
  [
    /(?:answers?|response|correct \w+)["'*_]{0,3}\s{0,4}(?::|\bis\b)["'*_([{\s:]{0,8}(?:the\s+)?(?!(?:the|answer)\b)[\p{L}\p{N}]/u,
    /^\s*(?:```\w*\s*)?\{[^}]{0,400}"\s{0,4}:["'([{\s]{0,8}[\p{L}\p{N}]/u,
  ]
    .map((pattern) => pattern.source)
    .join('|'),
  'iu',
);
/** A few plain words or a number and nothing else. */
const PHRASE =
  /^["'*\s]{0,4}(?:\(?\d{1,6}(?:[.,]\d{1,6})?[.):]?\s{0,4})?(?:[\p{L}°%$][\p{L}'’°% -]{0,80})?["'*.!\s]{0,4}$/u;

/** True when an output is next to nothing: no stage, no choice, no attempt at one, and hardly a word. */
export function isSparse(context: OutputContext, fewest: number = SPARSE.default): boolean {
  const { judgement, prediction } = context;
  const { reading, rationale, verdict } = judgement;
  if (verdict !== 'unmapped' || reading.candidates.length > 0 || rationale.stages.length > 0) return false;
  const output = prediction.output.slice(0, MOST_LOOKED_AT);
  const said = new Set<string>();
  for (const [word] of output.matchAll(WORD)) {
    if (!FUNCTION_WORDS.has(word.toLowerCase())) said.add(word.toLowerCase());
    if (said.size >= fewest) return false;
  }
  return !ATTEMPT.test(output) && !isShortAnswer(output) && refusalIn(context) === null;
}

/** "Sturgeon", "10 °C": words that answer something, though no choice. Broken models repeat themselves or say only "the". */
function isShortAnswer(output: string): boolean {
  if (!PHRASE.test(output)) return false;
  const words = wordsOf(output, 5);
  if (words.length === 0) return /\p{N}/u.test(output);
  return (
    words.length < 5 &&
    new Set(words).size === words.length &&
    words.some((word) => !FUNCTION_WORDS.has(word))
  );
}

/** What a model says that declines to answer. */
const REFUSAL = new RegExp(
  [
    /\b(?:please|could you|can you) (?:\w+ ){0,2}(?:provide|share|upload|attach|clarify|give)\b/,
    /\bI(?:['’]m| am) (?:sorry|unable|not able|not sure how)\b/,
    /\b(?:I|we) (?:cannot|can['’]?t|can not|could not|couldn['’]t|won['’]t|do not|don['’]t) (?:\w+ )?(?:see|view|access|answer|determine|tell|help|assist|know|provide|identify|have (?:enough|access|the))\b/,
    /\bas an? (?:AI|(?:large )?language model)\b/,
    /\b(?:cannot|can['’]t|can not|could not|couldn['’]t) (?:be )?(?:\w+ )?(?:answered|determined?|inferred|identified)\b/,
    /\b(?:impossible|not possible|unable) to (?:\w+ )?(?:answer|determine|tell|say|identify)\b/,
    /\b(?:insufficient|(?:not|isn['’]t|without|lacks?) (?:have |contain |provide )?(?:enough|sufficient)) (?:information|context|data)\b/,
    /\banswer is(?: \W{0,3})?(?:not (?:provided|given|available|shown|listed|present|among|in)|unknown|undetermined)\b/,
    /\bnone of the (?:\w+ ){0,3}(?:choices|options|answers)\b/,
    /\bneither (?:of the )?(?:\w+ )?(?:choice|option)/,
    /抱歉|无法(?:确定|判断|回答|看到|识别)/,
  ]
    .map((pattern) => pattern.source)
    .join('|'),
  'i',
);

/** Where an output from which no choice can be read declines to give one; null when it does not. */
export function refusalIn({ prediction, judgement }: OutputContext): Span | null {
  if (judgement.verdict !== 'unmapped' || judgement.reading.candidates.length > 0) return null;
  const found = REFUSAL.exec(prediction.output);
  return found && sentenceAround(prediction.output, found.index, found.index + found[0].length);
}

function sentenceAround(text: string, from: number, to: number): Span {
  const before = text.slice(0, from);
  const start = Math.max(
    ...['. ', '! ', '? ', '\n', '"', '>'].map((mark) => endOf(before.lastIndexOf(mark), mark)),
  );
  const behind = text.slice(to).search(/[.!?](?:\s|["<]|$)|["\n<]|$/);
  const end = to + behind + (/[.!?]/.test(text[to + behind] ?? '') ? 1 : 0);
  const lead = text.slice(start, from).search(/\S|$/);
  return { start: start + lead, end };
}

function endOf(offset: number, mark: string): number {
  return offset < 0 ? 0 : offset + mark.length;
}

/** A word of at least two letters, or one character of a script that is written without spaces. */
const WORD = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|\p{L}{2,}/gu;

/** The first words of a text in lower case. */
function wordsOf(text: string, most = 200): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(WORD)) if (words.push(word.toLowerCase()) >= most) break;
  return words;
}
