import { letterAt, type Reader, readingBy } from './reader.ts';

export const lmmsEval: Reader = {
  id: 'lmms-eval',
  version: 1,
  what: 'An output that is one letter in either case, white space aside; else its first letter, when that is a capital with a point behind it.',
  source: 'EvolvingLMMs-Lab/lmms-eval, lmms_eval/tasks/scienceqa/utils.py, sqa_process_results',
  read({ output, choices }) {
    const text = output.trim();
    const isRead = text.length === 1 || /^[A-Z]\./.test(text);
    return readingBy(
      lmmsEval,
      isRead ? letterAt(text[0]!, output.length - output.trimStart().length, choices) : null,
    );
  },
};
