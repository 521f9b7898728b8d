import { isOpenQuestion } from '../open-question.ts';
import type { RecordRule } from '../types.ts';

export const tooFewChoices: RecordRule = {
  id: 'too-few-choices',
  scope: 'record',
  severity: 'error',
  reads: ['choices'],
  docs: {
    what: 'A record with fewer than two choices.',
    why: 'There is nothing to choose: whatever a model says is right, and raises the accuracy.',
    example: '"7": { "question": "Which is a metal?", "choices": ["iron"], "answer": 0 }',
    fix: 'Add the choices that are missing, or remove the record.',
  },
  check({ source }) {
    const { length } = source.record.choices;
    if (length >= 2 || isOpenQuestion(source.record)) return [];
    return [
      {
        message: length === 0 ? 'The record has no choices.' : 'The record has only one choice.',
        span: source.fields.get('choices')?.value ?? source.idSpan,
        field: 'choices',
      },
    ];
  },
};
