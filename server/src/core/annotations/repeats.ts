/** Loops in an output: tokens, phrases, sentences and stages that come again and again. */
import type { Stage } from '../rationales/types.ts';
import type { Span } from '../span.ts';
import type { Threshold } from './types.ts';

/** How often a phrase of four to seven tokens must stand in a row; everything else is counted from there. */
export const REPEATS: Threshold = {
  default: 4,
  what: 'how often a phrase of four to seven words must stand in a row, or one sentence anywhere; a longer passage or a stage once less, a phrase of two or three words once more, a word twice more.',
  minimum: 3,
  maximum: 100,
};

/** The longest loop looked for, in tokens (words and single marks). */
const LONGEST_LOOP = 30;
/** A shorter sentence may well occur several times. */
const SENTENCE_WORDS = 5;
/** What ends a sentence: a mark, a line or a tag. */
const SENTENCE_END = /[.!?\n]+|<[^<>]{0,40}>|$/g;
/** Tokens and sentences looked at: a loop shows long before. */
const MOST = 20_000;
/** A word, a number or a mark; of bounded length, since a match without bounds exhausts the stack. */
const TOKEN = /[\p{L}\p{M}\p{N}]{1,400}|[^\s\p{L}\p{N}]/gu;
const ASCII_TOKEN = /[A-Za-z0-9]+|[^\sA-Za-z0-9]/g;
const IS_ASCII = /^[\0-\x7f]*$/;
/** One character of a script that is written without spaces, or what stands between such characters. */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[^\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]+/gu;

export interface Repeat {
  /** What is repeated. */
  readonly text: string;
  readonly times: number;
  /** All of the loop; of what comes here and there, its second occurrence. */
  readonly span: Span;
}

/**
 * The first kind of loop that an output has; null when it has none.
 *
 * @param least see `REPEATS`
 */
export function findRepeat(output: string, stages: readonly Stage[], least: number): Repeat | null {
  return (
    findLoop(output, least) ??
    findInWord(output, least) ??
    findStage(stages, least) ??
    findSentence(output, least)
  );
}

/** Tokens that follow themselves: the loop with the shortest period. */
function findLoop(output: string, least: number): Repeat | null {
  const { ids, starts, ends } = tokensOf(output);
  for (let period = 1; period <= LONGEST_LOOP; period++) {
    let same = 0;
    for (let i = period; i <= ids.length; i++) {
      if (i < ids.length && ids[i] === ids[i - period]) {
        same++;
        continue;
      }
      if (same > 0) {
        const times = Math.floor(same / period) + 1;
        const start = starts[i - same - period] as number;
        const text = times < 2 ? '' : output.slice(start, ends[i - same - 1]);
        if (text !== '' && times >= leastTimes(period, text, least))
          return { text, times, span: { start, end: ends[i - 1] as number } };
      }
      same = 0;
    }
  }
  return null;
}

interface Tokens {
  /** The same number for the same token. */
  readonly ids: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

function tokensOf(output: string): Tokens {
  const known = new Map<string, number>();
  const [ids, starts, ends]: [number[], number[], number[]] = [[], [], []];
  const add = (text: string, start: number) => {
    const id = known.get(text) ?? known.size;
    known.set(text, id);
    ids.push(id);
    starts.push(start);
    ends.push(start + text.length);
  };
  const isAscii = IS_ASCII.test(output);
  for (const { 0: text, index } of output.matchAll(isAscii ? ASCII_TOKEN : TOKEN)) {
    if (ids.length >= MOST) break;
    if (isAscii || text.length === 1) add(text, index);
    else for (const part of text.matchAll(UNSPACED)) add(part[0], index + part.index);
  }
  return { ids, starts, ends };
}

/** How often a unit must stand in a row to be a loop; rules and dotted lines are layout and never one. */
function leastTimes(period: number, text: string, least: number): number {
  if (!/[\p{L}\p{N}]/u.test(text)) return text === '.' ? least + 4 : Number.POSITIVE_INFINITY;
  if (period === 1) return least + 2;
  if (period <= 3) return least + 1;
  return period <= 7 ? least : least - 1;
}

const LONG_WORD = /\p{L}{12,400}/gu;

/** A part of a word that follows itself within it: "DishwasherDishwasherDishwasher…". */
function findInWord(output: string, least: number): Repeat | null {
  let loop: RegExp | null = null;
  for (const { 0: word, index } of output.matchAll(LONG_WORD)) {
    loop ??= new RegExp(`(\\p{L}{2,20}?)\\1{${least + 1},}`, 'u');
    const found = loop.exec(word);
    if (!found) continue;
    const [all, text = ''] = found;
    const start = index + found.index;
    return { text, times: all.length / text.length, span: { start, end: start + all.length } };
  }
  return null;
}

/** Stages that hold the same words: a model that fills in every stage alike. */
function findStage(stages: readonly Stage[], least: number): Repeat | null {
  const alike = Map.groupBy(
    stages.filter((stage) => stage.text.split(/\s+/).length >= SENTENCE_WORDS),
    (stage) => stage.text.toLowerCase(),
  );
  for (const [first, second, ...others] of alike.values()) {
    const times = 2 + others.length;
    if (first && second && times >= least - 1) return { text: first.text, times, span: second.span };
  }
  return null;
}

function findSentence(output: string, least: number): Repeat | null {
  const known = new Map<string, { times: number; second: Span | null; text: string }>();
  let count = 0;
  let from = 0;
  for (const { 0: mark, index } of output.matchAll(SENTENCE_END)) {
    const piece = output.slice(from, index);
    const text = piece.trim();
    const start = from + piece.indexOf(text);
    from = index + mark.length;
    if (text.length < SENTENCE_WORDS * 2 || text.split(/\s+/, SENTENCE_WORDS).length < SENTENCE_WORDS)
      continue;
    if (++count > MOST) break;
    const key = text.toLowerCase();
    const before = known.get(key);
    if (!before) known.set(key, { times: 1, second: null, text });
    else {
      before.times++;
      before.second ??= { start, end: start + text.length };
    }
  }
  for (const { times, second, text } of known.values()) {
    if (second && times >= least) return { text, times, span: second };
  }
  return null;
}
