import type { DatasetRecord } from '../../records/types.ts';
import type { Span } from '../../span.ts';
import { quote, shorten } from '../../text.ts';
import { hasOutput, questionSpan, wholeOutput } from '../outputs.ts';
import type { OutputRule } from '../types.ts';

/** Scripts by name. Greek letters by themselves are symbols, as in "Δt"; Japanese text mixes three scripts. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['Chinese characters', /\p{sc=Han}/u],
  ['Japanese kana', /[\p{sc=Hiragana}\p{sc=Katakana}]/u],
  ['Hangul', /\p{sc=Hangul}/u],
  ['Cyrillic', /\p{sc=Cyrillic}/u],
  ['Greek', /\p{sc=Greek}/u],
  ['Arabic', /\p{sc=Arabic}/u],
  ['Hebrew', /\p{sc=Hebrew}/u],
  ['Thai', /\p{sc=Thai}/u],
  [
    'Indic scripts',
    /[\p{sc=Devanagari}\p{sc=Bengali}\p{sc=Tamil}\p{sc=Telugu}\p{sc=Kannada}\p{sc=Malayalam}\p{sc=Gujarati}\p{sc=Gurmukhi}\p{sc=Sinhala}]/u,
  ],
  ['another script', /(?![\p{sc=Latin}\p{sc=Common}\p{sc=Inherited}])\p{L}/u],
];
/** Letters of scripts other than Latin, with what joins them; one Greek letter by itself is no word. */
const FOREIGN =
  /(?:(?![\p{sc=Latin}\p{sc=Common}\p{sc=Greek}])\p{L}|\p{sc=Greek}{2,})(?:[\p{P}\p{N}\p{M}\s]{0,3}(?:(?![\p{sc=Latin}\p{sc=Common}])\p{L}|ー))*/gu;
const LETTER = /\p{L}/gu;
/** Characters outside the blocks of Latin letters, punctuation and symbols. */
const FAR = /[\u0250-\u1fff\u2c00-\uffff]/;
const LATIN = /\p{sc=Latin}/gu;
const LATIN_WORD = /\p{sc=Latin}{2,}/gu;
const NOT_LATIN = /(?![\p{sc=Latin}\p{sc=Common}\p{sc=Inherited}])\p{L}/u;
/** A label such as "The answer is" is no language yet. */
const LATIN_WORDS = 8;
/** Letters of an output looked at. */
const MOST = 50_000;

export const languageDrift: OutputRule = {
  id: 'language-drift',
  scope: 'output',
  severity: 'warning',
  threshold: {
    default: 0.02,
    what: 'the share of letters, 0 to 1, that must be of a script which the record does not use.',
    minimum: 0,
    maximum: 1,
  },
  docs: {
    what: 'The output slips into a script that the record does not use, such as Chinese characters in the answer to an English question.',
    why: 'Multilingual models, small ones above all, drift into another language when they are unsure. Text metrics count such text as wrong words, and a student that is trained on it learns to drift.',
    example: '{"answer": "B", "solution": "这两块磁铁互相排斥。"}',
    fix: 'Leave the output out of training data. If it happens often, name the language of the answer in the prompt.',
  },
  *check(context, threshold) {
    if (!hasOutput(context)) return;
    const { source, prediction, model } = context;
    const output = prediction.output.slice(0, MOST);
    const { question, choices } = source.record;
    // Nearly all outputs end here, at the cost of one look.
    if (!FAR.test(output) && !FAR.test(question) && !choices.some((choice) => FAR.test(choice))) return;
    const home = homeText(source.record);
    if (isLatinInstead(output, home)) {
      yield {
        message: `${model} answers in Latin letters throughout: ${quote(output)}.`,
        span: questionSpan(source),
        evidence: shorten(output, 200),
        outputSpan: wholeOutput(output),
      };
    }
    const letters = output.match(LETTER)?.length ?? 0;
    const runs = [...output.matchAll(FOREIGN)].filter(([run]) => !usesSameScript(run, home));
    const foreign = runs.reduce((sum, [run]) => sum + (run.match(LETTER)?.length ?? 0), 0);
    if (foreign < 2 || foreign / letters < threshold) return;
    const longest = runs.reduce((best, run) => (run[0].length > best[0].length ? run : best));
    const span: Span = { start: longest.index, end: longest.index + longest[0].length };
    yield {
      message: `${model} slips into ${scriptOf(longest[0])} (${percent(foreign / letters)} of its letters): ${quote(longest[0])}.`,
      span: questionSpan(source),
      evidence: shorten(longest[0], 200),
      outputSpan: span,
    };
  },
};

function homeText(record: DatasetRecord): string {
  return [record.question, ...record.choices, record.hint, record.lecture, record.solution].join('\n');
}

/** Latin letters are used everywhere, for tags, units and names: they are foreign only where there is nothing else. */
function isLatinInstead(output: string, home: string): boolean {
  const letters = home.match(LETTER)?.length ?? 0;
  const latin = home.match(LATIN)?.length ?? 0;
  if (latin >= letters / 4 || letters === 0) return false;
  return (output.match(LATIN_WORD)?.length ?? 0) >= LATIN_WORDS && !NOT_LATIN.test(output);
}

function usesSameScript(run: string, home: string): boolean {
  const pattern = SCRIPTS.find(([, script]) => script.test(run))?.[1];
  return pattern?.test(home) ?? true;
}

function scriptOf(run: string): string {
  // Kana say Japanese, though most of the characters are Chinese.
  if (/[\p{sc=Hiragana}\p{sc=Katakana}]/u.test(run)) return 'Japanese kana';
  return SCRIPTS.find(([, script]) => script.test(run))?.[0] ?? 'another script';
}

function percent(share: number): string {
  return share < 0.01 ? 'under 1 %' : `${Math.round(share * 100)} %`;
}
