import { fold } from '../fold.ts';
import { hasRefused } from '../hedges.ts';
import type { Method } from './method.ts';

/** Nothing longer is a piece of a choice. */
const LONGEST = 300;
/** Words that are a piece of many a sentence and name none. */
const EMPTY =
  /^(?:the|an?|yes|no|not|none|all|both|either|neither|true|false|it|its|this|that|these|those|they|he|she|his|her|i|you|we|is|are|was|were|be|to|of|in|on|at|by|for|with|and|or|as|like|from|there|their|answer|option|choice|text|sentence|question|same)$/;

/** Words that turn a statement round: no piece leaves them out. */
const TURNING = /^(?:not|no|never|without|less|more|fewer|least|most|un\w+|isn|aren|wasn|doesn|don|didn|t)$/;
/** How much of a choice a piece with words left out must hold. */
const LEAST_SHARE = 0.5;

export const part: Method = {
  id: 'part',
  confidence: 0.6,
  what: 'An output, or an answer in it, whose words are all words of exactly one choice: its beginning, its end, several words of it, or most of them with a few left out. A number counts when it can be no index.',
  example: 'the same magnet',
  among: ['the same magnet at another place', 'another magnet at the same place'],
  read(passage) {
    const { start, end } = passage.span;
    if (end - start > LONGEST || hasRefused(passage)) return null;
    const piece = wordsOf(fold(passage.text.slice(start, end)));
    const isNumber = /^\d+$/.test(piece);
    if (isNumber ? Number(piece) <= passage.choices.length : !saysEnough(piece)) return null;
    const pattern = new RegExp(String.raw`(?<![\d.,])${piece}(?!\d|[.,]\d)`);
    const holding = passage.choices.flatMap((choice, i) => {
      const fits = isNumber ? pattern.test(fold(choice)) : holds(choice, piece) || isMostOf(choice, piece);
      return fits ? [i] : [];
    });
    const mentioning = passage.choices.filter((choice) => ` ${wordsOf(choice)} `.includes(` ${piece} `));
    if (holding.length !== 1 || mentioning.length > 1) return null;
    return [{ choice: holding[0]!, method: 'part', span: { start, end }, confidence: 0.6, index: null }];
  },
};

/** The words in lower case with one space between, without an article in front. */
function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/\\[nrt]/g, ' ')
    .replace(/(?<=\d)\s+(?=\p{L}{2})/gu, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^(?:the|an?) (?=.)/, '');
}

function saysEnough(piece: string): boolean {
  return piece
    .split(' ')
    .some((word) => !EMPTY.test(word) && (/\p{L}{3}/u.test(word) || /\d\p{L}/u.test(word)));
}

/** One word has to be a choice's subject or its last word; "tiger" is no piece of "tiger shark". */
function holds(choice: string, piece: string): boolean {
  const words = wordsOf(choice);
  const isOneWord = !piece.includes(' ');
  if (words === piece || words.endsWith(` ${piece}`)) return !isOneWord || words.split(' ').length <= 5;
  if (words.startsWith(`${piece} `)) {
    const start = fold(choice).toLowerCase().indexOf(piece);
    return (
      !isOneWord ||
      words.split(' ').length > 5 ||
      !/^\s+[\p{L}\p{N}]/u.test(choice.slice(start + piece.length))
    );
  }
  const isInside = ` ${words} `.includes(` ${piece} `);
  return isInside && !isOneWord && (piece.split(' ').length > 2 || /\d/.test(piece));
}

/** "Both are physical changes" of "Both are only physical changes": in order, with a few words left out. */
function isMostOf(choice: string, piece: string): boolean {
  const words = wordsOf(choice).split(' ');
  const wanted = piece.split(' ');
  if (wanted.length < 3 || wanted.length < words.length * LEAST_SHARE) return false;
  let next = 0;
  const left = words.filter((word) => word !== wanted[next] || next++ < 0);
  return next === wanted.length && !left.some((word) => TURNING.test(word));
}
