import { letterAt, type Reader, readingBy } from './reader.ts';

/** "." is any character, and one has to follow. */
const ANSWER = /The answer is ([A-Z])./g;
/** The letters that the published code knows. */
const OPTIONS = 'ABCDE';

export const scienceqa: Reader = {
  id: 'scienceqa',
  version: 1,
  what: 'The letter in "The answer is X." when the output says that once, X from A to E. The published code picks a choice at random where this fails; here that is an output without an answer.',
  source: 'lupantech/ScienceQA, models/run_gpt3.py, get_gpt3_result and get_pred_idx',
  read({ output, choices }) {
    return readingBy(scienceqa, answerSentence(output, choices));
  },
};

/** The one letter in "The answer is X."; null when there is none, or more than one. */
export function answerSentence(output: string, choices: readonly string[]) {
  const [match, ...others] = output.matchAll(ANSWER);
  if (!match || others.length > 0 || !OPTIONS.includes(match[1]!)) return null;
  return letterAt(match[1]!, match.index + match[0].length - 2, choices, 'label');
}
