import type { RecordRule } from '../types.ts';

export const emptyLecture: RecordRule = {
  id: 'empty-lecture',
  scope: 'record',
  severity: 'hint',
  reads: ['lecture'],
  docs: {
    what: 'A record without a lecture.',
    why: 'A prompt with the lecture (settings 2 and 3) is then the same as one without, and the two are compared as if they were not.',
    example:
      '"7": { "question": "Which is a metal?", "choices": ["oak", "iron"], "answer": 1, "lecture": "" }',
    fix: 'Write the lecture, or leave the record out of what is run with it.',
  },
  check({ source }) {
    const { lecture, conversation } = source.record;
    // Conversations have no place for one.
    if (lecture.trim() !== '' || conversation) return [];
    const span = source.fields.get('lecture')?.value ?? source.idSpan;
    return [{ message: 'The record has no lecture.', span, field: 'lecture' }];
  },
};
