import { letterAt, type Reader, readingBy } from './reader.ts';
import { answerSentence } from './scienceqa.ts';

/** The letters that the published code knows. */
const LETTER = /^[A-E]$/;
const LETTER_AND_POINT = /^[A-E]\. /;

export const llava: Reader = {
  id: 'llava',
  version: 1,
  what: 'An output that is one letter from A to E; else its first letter before ". "; else the letter in "The answer is X." when the output says that once.',
  source: 'haotian-liu/LLaVA, llava/eval/eval_science_qa.py',
  read({ output, choices }) {
    const isLetter = LETTER.test(output) || LETTER_AND_POINT.test(output);
    return readingBy(llava, isLetter ? letterAt(output[0]!, 0, choices) : answerSentence(output, choices));
  },
};
