import { splitWords } from './python-text.ts';

/**
 * Penn Treebank tokens of one sentence: `NLTKWordTokenizer().tokenize` of NLTK 3.10.4, rule by rule and in its
 * order. A rule that runs rarely is guarded by a search for what it needs.
 */
export function treebankTokens(sentence: string): string[] {
  let text = openingQuotes(sentence);
  text = finalPeriod(text);
  text = text.replace(COLON_OR_COMMA, ' $1 $2').replace(/[:,](?=\n?$)/g, ' $& ');
  text = text.replace(/\.{2,}|[;@#$%&\u2012-\u2015?!]/g, ' $& ');
  if (text.includes("'")) text = text.replace(/([^'])' /gu, "$1 ' ");
  text = text.replace(/[*\][(){}<>]/g, ' $& ');
  if (text.includes('--')) text = text.replace(/--/g, ' -- ');
  text = closingQuotes(` ${text} `);
  if (CONTRACTION.test(text)) for (const rule of CONTRACTIONS) text = text.replace(rule, ' $1 $2 ');
  return splitWords(text);
}

const COLON_OR_COMMA = /([:,])(\P{Nd})/gu;
/** What the `regex` package of Python, which NLTK uses, holds for a letter of a word. */
const WORD = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]';
const LEADING_APOSTROPHE = new RegExp(
  `(?<!${WORD})'(?!(?:[rR][eE]|[vV][eE]|[lL][lL]|[mMtTsSſdDnN])(?!${WORD}))(?=${WORD})`,
  'gu',
);

function openingQuotes(sentence: string): string {
  let text = sentence;
  if (/[«“‘„`]/.test(text)) text = text.replace(/[«“‘„]|`+/g, ' $& ');
  if (text.startsWith('"')) text = `\`\`${text.slice(1)}`;
  if (text.includes('``')) text = text.replace(/``/g, ' `` ');
  if (/["']/.test(text))
    text = text.replace(/([ ([{<])(?:"|'{2})/g, '$1 `` ').replace(LEADING_APOSTROPHE, '$& ');
  return text;
}

/**
 * Sets off the full stop that ends the text, quotes and brackets after it aside. NLTK's second rule for the same
 * thing only adds white space. Written without a pattern: one would take quadratic time on a run of spaces.
 */
function finalPeriod(text: string): string {
  const at = text.lastIndexOf('.');
  if (at < 1 || text[at - 1] === '.') return text;
  let end = at + 1;
  while (end < text.length && '])}>"\'»”’ '.includes(text[end] as string)) end++;
  if (!/^\p{White_Space}*$/u.test(text.slice(end))) return text;
  return `${text.slice(0, at)} . ${text.slice(at + 1, end)} `;
}

function closingQuotes(padded: string): string {
  let text = padded;
  if (/[»”’"']/.test(text))
    text = text.replace(/[»”’]|''|"/g, (quote) => (quote === '"' ? " '' " : ` ${quote} `));
  if (!text.includes("'")) return text;
  return text
    .replace(/\p{White_Space}+/gu, ' ')
    .replace(/([^' ])('[sS]|'[mM]|'[dD]|') /gu, '$1 $2 ')
    .replace(/([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) /gu, '$1 $2 ');
}

/** Robert MacIntyre's contractions; for them NLTK uses Python's own `re`, whose letters of a word are these. */
const PYTHON_WORD = '[\\p{L}\\p{N}_]';
const CONTRACTION = /cannot|d'ye|g[iıİ]mme|gonna|gotta|lemme|more'n|wanna| 't(?:[iıİ]s|was)/iu;
const CONTRACTIONS = [
  ['can', 'not'],
  ['d', "'ye"],
  ['g[iıİ]m', 'me'],
  ['gon', 'na'],
  ['got', 'ta'],
  ['lem', 'me'],
  ['more', "'n"],
]
  .map(([first, second]) => `(?<!${PYTHON_WORD})(${first})(${second})(?!${PYTHON_WORD})`)
  .concat([
    `(?<!${PYTHON_WORD})(wan)(na)(?=[\\t-\\r\\x1c-\\x20\\x85\\p{Zs}\\u2028\\u2029])`,
    ` ('t)([iıİ]s)(?!${PYTHON_WORD})`,
    ` ('t)(was)(?!${PYTHON_WORD})`,
  ])
  .map((pattern) => new RegExp(pattern, 'giu'));
