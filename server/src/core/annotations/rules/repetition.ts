import { quote, shorten } from '../../text.ts';
import { hasOutput, questionSpan } from '../outputs.ts';
import type { OutputRule } from '../types.ts';

/** The longest loop looked for, in tokens (words and single marks). */
const LONGEST_LOOP = 30;
/** How often a sentence of at least `SENTENCE_WORDS` words may occur. */
const SENTENCE_REPEATS = 4;
const SENTENCE_WORDS = 5;
/** Tokens looked at: a loop shows long before. */
const MOST_TOKENS = 20_000;

export const repetition: OutputRule = {
  id: 'repetition',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: `The output repeats itself: one word six times in a row, a few words four or five times, a longer phrase three times, or one sentence ${SENTENCE_REPEATS} times anywhere.`,
    why: 'The model is caught in a loop. It is a common failure of small and of badly distilled models, and training on such text spreads it.',
    example: 'The magnet is red. The magnet is red. The magnet is red. The magnet is red.',
    fix: 'Leave the output out of training data. Greedy decoding makes loops likelier; so does training on few or very similar records.',
  },
  *check(context) {
    const { source, prediction, model } = context;
    if (!hasOutput(context)) return;
    const found = findLoop(prediction.output) ?? findSentence(prediction.output);
    if (!found) return;
    yield {
      message: `${model} says ${quote(found.text)} ${found.times} times.`,
      span: questionSpan(source),
      evidence: shorten(found.text, 200),
    };
  },
};

interface Repeat {
  readonly text: string;
  readonly times: number;
}

/** Tokens that follow themselves: the loop with the shortest period. */
function findLoop(output: string): Repeat | null {
  const tokens: { text: string; start: number; end: number }[] = [];
  for (const match of output.matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)) {
    tokens.push({ text: match[0].toLowerCase(), start: match.index, end: match.index + match[0].length });
    if (tokens.length === MOST_TOKENS) break;
  }
  for (let period = 1; period <= LONGEST_LOOP; period++) {
    let same = 0;
    for (let i = period; i <= tokens.length; i++) {
      if (tokens[i] && tokens[i]!.text === tokens[i - period]!.text) {
        same++;
        continue;
      }
      const times = Math.floor(same / period) + 1;
      const first = tokens[i - same - period]!;
      const text = output.slice(first.start, tokens[i - same - 1]!.end);
      if (times >= leastTimes(period, text)) return { text, times };
      same = 0;
    }
  }
  return null;
}

/** How often a unit must stand in a row to be a loop; rules and dotted lines are layout and never one. */
function leastTimes(period: number, text: string): number {
  if (!/[\p{L}\p{N}]/u.test(text)) return text === '.' ? 8 : Number.POSITIVE_INFINITY;
  if (period === 1) return 6;
  if (period <= 3) return 5;
  return period <= 7 ? 4 : 3;
}

function findSentence(output: string): Repeat | null {
  const times = new Map<string, number>();
  for (const sentence of output.split(/[.!?\n]+|<[^<>]{0,40}>/)) {
    const text = sentence.trim();
    if (text.split(/\s+/).length < SENTENCE_WORDS) continue;
    const key = text.toLowerCase();
    const now = (times.get(key) ?? 0) + 1;
    if (now === SENTENCE_REPEATS) return { text, times: occurrences(output, text) };
    times.set(key, now);
  }
  return null;
}

function occurrences(output: string, text: string): number {
  return output.toLowerCase().split(text.toLowerCase()).length - 1;
}
