import { answersIn, readAnswers } from './json-answers.ts';
import type { Method } from './method.ts';

export const repairedJson: Method = {
  id: 'repaired-json',
  confidence: 0.95,
  what: 'The same of a JSON object that is not valid: quotes of other kinds, doubled, unescaped or missing, missing or doubled braces, commas too many or too few, cut off. Only where its answer is empty are the methods below asked.',
  example: '{{“answer”: \'B\', "solution": "It says "no","}',
  read(passage) {
    const answers = answersIn(passage);
    if (!answers) return null;
    const found = readAnswers(answers, passage);
    const saysOther = answers.ranks[0]!.some(({ text }) => /\p{L}{3}/u.test(text));
    if (found.length === 0) return saysOther ? [] : null;
    return found.map((one) => ({
      ...one,
      method: 'repaired-json',
      confidence: Math.min(one.confidence, 0.95),
    }));
  },
};
