/** The choices that a turn of a conversation writes out in its text, and which of them the reply gives. */
import { normalise } from '../text.ts';

/** What a user's turn asks. */
export interface AskedText {
  /** Without the choices and their heading. */
  readonly question: string;
  /** Empty for an open question. */
  readonly choices: readonly string[];
}

interface Mark {
  readonly letter: string;
  readonly start: number;
  /** Where the choice's text begins. */
  readonly end: number;
}

const HEADING = /(?:^|\s)(?:answer )?(?:options|choices)[ \t]*:/gi;
/** `(A) …`, `A. …` and `A) …` on lines of their own; behind a heading also `A: …`, and all of them on one line. */
const OWN_LINES = /^[ \t]*(?:\(([A-Z])\)|([A-Z])[.)](?=\s))/gm;
const UNDER_HEADING = /(?<!\S)(?:\(([A-Z])\)|([A-Z])[.):](?=\s))/g;

/** The question and the choices of a turn. Letters that are not A, B, C, … in this order are no choices. */
export function askedText(turn: string): AskedText {
  const heading = [...turn.matchAll(HEADING)].at(-1);
  const from = heading ? heading.index + heading[0].length : 0;
  const marks = heading
    ? (marksIn(turn, from, OWN_LINES) ?? marksIn(turn, from, UNDER_HEADING))
    : marksIn(turn, 0, OWN_LINES);
  if (!marks) return { question: turn.trim(), choices: [] };
  const last = marks.at(-1) as Mark;
  const line = turn.slice(last.end).search(/[\r\n]/);
  const end = line === -1 ? turn.length : last.end + line;
  const choices = marks.map((mark, i) => tidy(turn.slice(mark.end, marks[i + 1]?.start ?? end)));
  const before = turn.slice(0, heading?.index ?? marks[0]?.start).trim();
  return { question: [before, turn.slice(end).trim()].filter((part) => part !== '').join('\n'), choices };
}

/**
 * The choice that a reply gives as its answer, counted from 0: in its CONCLUSION stage, behind "the answer is", or
 * as the whole of it. Null when it says none plainly, or two.
 */
export function repliedChoice(reply: string, choices: readonly string[]): number | null {
  if (choices.length === 0) return null;
  const conclusions = [...reply.matchAll(/<CONCLUSION>([^<]*)/gi)];
  const said = (conclusions.at(-1)?.[1] ?? reply).trim();
  const whole = namedBy(said, choices);
  if (whole !== null) return whole;
  const asserted = [...said.matchAll(/\banswer is:?\s*([^\n]*)/gi)].map((match) =>
    namedBy(match[1] as string, choices),
  );
  const [first = null] = asserted;
  return asserted.every((choice) => choice === first) ? first : null;
}

/** The choice that the words are the letter of, the text of, or both. */
function namedBy(words: string, choices: readonly string[]): number | null {
  const [, inParentheses, bare, rest = ''] = /^(?:\(([A-Z])\)|([A-Z])(?=[.):,]|$))[.):,]?\s*(.*)$/s.exec(
    words.trim(),
  ) ?? [undefined];
  const letter = inParentheses ?? bare;
  if (letter === undefined) return choiceOf(words, choices);
  const index = letter.charCodeAt(0) - 65;
  const isSame = rest.trim() === '' || choiceOf(rest, choices) === index;
  return index < choices.length && isSame ? index : null;
}

function choiceOf(words: string, choices: readonly string[]): number | null {
  const text = plain(words);
  const named = choices.flatMap((choice, index) => (plain(choice) === text ? [index] : []));
  return text !== '' && named.length === 1 ? (named[0] as number) : null;
}

function plain(text: string): string {
  return normalise(text).replace(/[.!]$/, '');
}

/** The marks from an offset on when they are A, B, C, … and at least two; else null. */
function marksIn(turn: string, from: number, pattern: RegExp): readonly Mark[] | null {
  const marks: Mark[] = [];
  for (const match of turn.matchAll(pattern)) {
    if (match.index < from) continue;
    const letter = (match[1] ?? match[2]) as string;
    marks.push({ letter, start: match.index, end: match.index + match[0].length });
  }
  const isInOrder = marks.every(({ letter }, i) => letter.charCodeAt(0) === 65 + i);
  return marks.length >= 2 && isInOrder ? marks : null;
}

/** A choice on one line, without the comma or semicolon that stood between it and the next. */
function tidy(choice: string): string {
  const lines = choice
    .trim()
    .replace(/[,;]$/, '')
    .split(/[\r\n]+/);
  return lines.map((line) => line.trim()).join(' ');
}
