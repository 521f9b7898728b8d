import { answerFix } from '../choice-edits.ts';
import { isOpenQuestion } from '../open-question.ts';
import { solutionAnswer } from '../solution-answer.ts';
import type { RecordRule } from '../types.ts';

export const missingAnswer: RecordRule = {
  id: 'missing-answer',
  scope: 'record',
  severity: 'warning',
  reads: ['answer'],
  docs: {
    what: 'A record without a gold answer: "answer" is absent or null, or the reply of a conversation with choices names none of them plainly.',
    why: 'Its outputs can be neither right nor wrong, so it counts in no accuracy.',
    example: '"7": { "question": "Which is a metal?", "choices": ["oak", "iron"], "answer": null }',
    fix: 'Set "answer" to the number of the right choice, counted from 0. For a test set without labels, switch the rule off.',
  },
  check({ source, text }) {
    const { record } = source;
    if (record.answer !== null || isOpenQuestion(record)) return [];
    const written = source.fields.get('answer');
    const named = written ? solutionAnswer(record) : null;
    const fix = named && answerFix(source, text, named.choice);
    return [
      {
        message: record.conversation
          ? 'No gold answer can be read from the reply.'
          : 'The record has no gold answer.',
        span: (written ?? source.fields.get('solution'))?.value ?? source.idSpan,
        field: 'answer',
        fixes: fix ? [fix] : [],
      },
    ];
  },
};
