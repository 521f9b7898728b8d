import { count } from '../../text.ts';
import { answerField, answerFix } from '../choice-edits.ts';
import { solutionAnswer } from '../solution-answer.ts';
import type { RecordRule } from '../types.ts';

export const answerOutOfRange: RecordRule = {
  id: 'answer-out-of-range',
  scope: 'record',
  severity: 'error',
  reads: ['choices', 'answer'],
  docs: {
    what: 'A gold answer that names no choice: "answer" is negative, or not below the number of choices.',
    why: 'No output can be right. The usual cause is counting from 1, which makes the other answers of the file wrong without showing.',
    example: '"7": { "question": "Which is a metal?", "choices": ["oak", "iron"], "answer": 2 }',
    fix: 'Count from 0: the first choice is 0. If the file counts from 1 throughout, correct all of its answers.',
  },
  check({ source, text }) {
    const { answer, choices } = source.record;
    if (answer === null || choices.length === 0 || (answer >= 0 && answer < choices.length)) return [];
    const last = choices.length - 1;
    const named = solutionAnswer(source.record)?.choice ?? (answer === choices.length ? last : null);
    const written = source.fields.get('answer')?.value;
    const said = written ? text.slice(written.start, written.end) : answer;
    const range = `from ${source.answerText(0)} to ${source.answerText(last)}`;
    return [
      {
        message: `${answerField(source, text)} is ${said}, but there are ${count(choices.length, 'choice')}, counted ${range}.`,
        span: written ?? source.idSpan,
        field: 'answer',
        fixes: named === null ? [] : [answerFix(source, text, named)],
      },
    ];
  },
};
