import type { Candidate } from '../types.ts';
import { letterAt, type Reader, readingBy } from './reader.ts';

const FAILED = 'Failed to obtain answer via API';
const REFUSALS = [
  "Sorry, I can't help with images of people yet.",
  "I can't process this file.",
  "I'm sorry, but without the image provided",
  'Cannot determine the answer',
];
const PUNCTUATION = /[.()[\],:;!*#{}]/g;
const VERBOSE = /(?:correct\s+)?answer\s+is\s+\**([ABCD])\**/i;
/** A letter has to stand among so many last words. */
const LAST_WORDS = 5;

export const vlmevalkit: Reader = {
  id: 'vlmevalkit',
  version: 1,
  what: 'The one option letter that stands as a word of its own, among the last five words; else the letter in "answer is X"; else, in an output at most twice as long as the choices together, the one choice whose text it contains. The published code may then ask a judge model, or draw at random; here that is an output without an answer.',
  source: 'open-compass/VLMEvalKit, vlmeval/utils/matching_util.py, can_infer',
  read({ output, choices }) {
    if (output.includes(FAILED)) return readingBy(vlmevalkit, containedText(output, choices));
    if (REFUSALS.some((refusal) => output.includes(refusal))) return readingBy(vlmevalkit, null);
    const option = optionLetter(output, choices);
    return readingBy(vlmevalkit, option === 'none' ? null : (option ?? containedText(output, choices)));
  },
};

/** `none` when the output says "Z", the letter for no option; null when there is no letter to be found. */
function optionLetter(output: string, choices: readonly string[]): Candidate | 'none' | null {
  const words = [...output.replace(PUNCTUATION, ' ').matchAll(/\S+/g)];
  const found = choices.flatMap((_, choice) => {
    const at = words.findIndex(([word]) => word === String.fromCharCode(65 + choice));
    return at < 0 ? [] : [{ word: words[at]!, isLate: at > words.length - LAST_WORDS }];
  });
  const [only, ...others] = found;
  if (only && others.length === 0 && only.isLate) return letterAt(only.word[0], only.word.index, choices);
  if (!only && words.some(([word]) => word === 'Z')) return 'none';
  const match = VERBOSE.exec(output);
  return match && letterAt(match[1]!, match.index + match[0].lastIndexOf(match[1]!), choices, 'label');
}

function containedText(output: string, choices: readonly string[]): Candidate | null {
  const text = lowerCase(output);
  if (text.length > 2 * choices.reduce((sum, choice) => sum + choice.length, 0)) return null;
  const found = choices.flatMap((words, choice) => {
    const start = text.indexOf(lowerCase(words));
    return start < 0 || words === ''
      ? []
      : [{ choice, method: 'contained' as const, span: { start, end: start + words.length } }];
  });
  return found.length === 1 ? found[0]! : null;
}

/** Lower case, every offset where it was: a letter whose lower case is longer stays as it is. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[a-z]/gi, (letter) => letter.toLowerCase());
}
