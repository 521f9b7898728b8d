import { answersIn, readAnswers } from './json-answers.ts';
import type { Method } from './method.ts';

export const json: Method = {
  id: 'json',
  confidence: 1,
  what: 'The answer field of a JSON object, bare, fenced or between prose. The field may hold a letter, a number, the words of a choice or a sentence that names one, also in a list or in an object of its own. Where an output is JSON without such a field, a choice that stands alone in a field or in a list counts.',
  example: '```json\n{"answer": "B", "solution": "Like poles repel."}\n```',
  read(passage) {
    const answers = answersIn(passage);
    return answers?.isSound ? readAnswers(answers, passage) : null;
  },
};
