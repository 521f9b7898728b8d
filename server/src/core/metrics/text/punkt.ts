import parameters from './punkt-english.json' with { type: 'json' };
import { stripEnd } from './python-text.ts';

/**
 * Sentences as Punkt divides a text (Kiss & Strunk, 2006, "Unsupervised multilingual sentence boundary
 * detection", section 4): `PunktSentenceTokenizer.tokenize` of NLTK 3.10.4, with the parameters of
 * `punkt-english.json`. NLTK's own English parameters, learnt from newspaper text, are not shipped here: ours are
 * a hand-made list (titles, months, initials, words that also stand inside a sentence), held to the METEOR that
 * the ScienceQA study published, which they give to 1e-9.
 */
export function punktSentences(text: string): string[] {
  const slices = realigned(text, slicesOf(text));
  return slices.map(([start, end]) => text.slice(start, end)).filter((sentence) => sentence !== '');
}

type Slice = readonly [start: number, end: number];

const ABBREVIATIONS: ReadonlySet<string> = new Set(parameters.abbreviations);
const SENTENCE_STARTERS: ReadonlySet<string> = new Set(parameters.sentenceStarters);
/** Words that stand inside a sentence in lower case and in upper case alike. */
const COMMON_WORDS: ReadonlySet<string> = new Set(parameters.words);

const SPACE = '\\p{White_Space}';
const NON_WORD = '[)";}\\]*:@\'({[‘’“”«»?!]';
const MULTIPLE = `(?:-{2,}|\\.{2,}|(?:\\.${SPACE}){2,}\\.)`;
const POSSIBLE_END = new RegExp(`[.?!](?=(${NON_WORD}|${SPACE}+(\\P{White_Space}+)))`, 'gu');
const TOKEN = new RegExp(
  `${MULTIPLE}|(?=[^("\`{[:;&#*@)}\\]\\-,])\\P{White_Space}+?` +
    `(?=${SPACE}|$|${NON_WORD}|${MULTIPLE}|,(?=$|${SPACE}|${NON_WORD}|${MULTIPLE}))|\\P{White_Space}`,
  'gu',
);
const CLOSING = /^["')\]}‘’“”«»]+?(?:\p{White_Space}+|(?=--)|$)/u;

interface PossibleEnd {
  /** Where the full stop, question or exclamation mark stands. */
  readonly at: number;
  /** Punctuation, or white space and a token. */
  readonly after: string;
  /** The token after white space; empty where punctuation follows. */
  readonly next: string;
}

function slicesOf(text: string): Slice[] {
  const slices: Slice[] = [];
  let start = 0;
  for (const [end, context] of contextsOf(text)) {
    if (!containsBreak(context)) continue;
    slices.push([start, end.at + 1]);
    start = end.at + 1 + (end.next === '' ? 0 : end.after.length - end.next.length);
  }
  slices.push([start, Math.max(start, stripEnd(text).length)]);
  return slices;
}

/** Each possible end with the word before and the token after it; of ends in one word only the last. */
function contextsOf(text: string): [PossibleEnd, string][] {
  const contexts: [PossibleEnd, string][] = [];
  let last: PossibleEnd | null = null;
  let word: Slice = [0, 0];
  const keep = () => {
    if (last) contexts.push([last, text.slice(word[0], last.at + 1) + last.after]);
  };
  for (const match of text.matchAll(POSSIBLE_END)) {
    const [, after = '', next = ''] = match;
    const space = lastSpace(text, word[1], match.index);
    const found: Slice = [space > word[1] ? space + 1 : word[0], match.index];
    if (word[1] <= found[0]) keep();
    last = { at: match.index, after, next };
    word = found;
  }
  keep();
  return contexts;
}

/** Where the last ASCII white space from `start` to before `end` stands; `start` when there is none. */
function lastSpace(text: string, start: number, end: number): number {
  for (let at = end - 1; at > start; at--) if (' \t\n\r\v\f'.includes(text[at] as string)) return at;
  return start;
}

/** Closing quotes and brackets after the end of a sentence are moved back to it. */
function realigned(text: string, slices: readonly Slice[]): Slice[] {
  const sentences: Slice[] = [];
  let moved = 0;
  for (const [index, slice] of slices.entries()) {
    const start = slice[0] + moved;
    const next = slices[index + 1];
    const closing = next && CLOSING.exec(text.slice(...next))?.[0];
    moved = closing?.length ?? 0;
    sentences.push([start, next && closing ? next[0] + stripEnd(closing).length : slice[1]]);
  }
  return sentences;
}

interface Token {
  readonly text: string;
  /** In lower case; a number as `##number##`. */
  readonly type: string;
  endsSentence: boolean;
  readonly isAbbreviation: boolean;
  readonly isEllipsis: boolean;
}

function containsBreak(context: string): boolean {
  const tokens = context.split('\n').flatMap((line) => (line.match(TOKEN) ?? []).map(tokenOf));
  for (let index = 0; index < tokens.length - 1; index++) {
    if (endsSentence(tokens[index] as Token, tokens[index + 1] as Token)) return true;
  }
  return false;
}

function tokenOf(text: string): Token {
  const type = text.toLowerCase().replace(/^-?[.,]?\p{Nd}[\p{Nd},.-]*\.?$/u, '##number##');
  const isEnd = text === '.' || text === '?' || text === '!';
  const isEllipsis = !isEnd && /^\.\.+$/.test(text);
  const hasPeriod = !isEnd && text.endsWith('.') && !text.endsWith('..');
  const bare = text.slice(0, -1).toLowerCase();
  const isAbbreviation =
    hasPeriod && (ABBREVIATIONS.has(bare) || ABBREVIATIONS.has(bare.slice(bare.lastIndexOf('-') + 1)));
  return { text, type, isEllipsis, isAbbreviation, endsSentence: isEnd || (hasPeriod && !isAbbreviation) };
}

/** Whether a sentence ends with `token`, given the one after it. */
function endsSentence(token: Token, next: Token): boolean {
  if (!token.text.endsWith('.')) return token.endsSentence;
  const isInitial = /^[\p{Alphabetic}\p{M}\p{Pc}\p{Join_Control}]\.$/u.test(token.text);
  const isUpper = /^\p{Uppercase}/u.test(next.text);
  const type = next.endsSentence ? withoutPeriod(next.type) : next.type;
  if ((token.isAbbreviation || token.isEllipsis) && !isInitial && isUpper && SENTENCE_STARTERS.has(type))
    return true;
  if (isInitial && isUpper && !COMMON_WORDS.has(type)) return false;
  if ((isInitial || withoutPeriod(token.type) === '##number##') && cannotStart(next.text)) return false;
  return token.endsSentence;
}

/** The orthographic heuristic: no sentence starts with punctuation or in lower case. */
function cannotStart(text: string): boolean {
  return /^(?:[;:,.!?]$|\p{Lowercase})/u.test(text);
}

function withoutPeriod(type: string): string {
  return type.length > 1 && type.endsWith('.') ? type.slice(0, -1) : type;
}
