import type { RecordRule } from '../types.ts';

export const malformedRecord: RecordRule = {
  id: 'malformed-record',
  scope: 'record',
  severity: 'error',
  reads: [],
  docs: {
    what: 'Text that is not a record: broken JSON, a field of the wrong type, or a field that stands twice.',
    why: 'What cannot be read is left out of every run and every number. A list of choices written as one string, read by other tools, becomes a list of letters; of a field that stands twice they keep the last value without a word.',
    example: '"7": { "question": "Which is a metal?", "choices": "iron, oak", "answer": 0 }',
    fix: 'Correct the text where the finding stands. A record needs a "question", a list of "choices" and, unless it is unlabelled, the number of the right one as "answer".',
  },
  check({ source }) {
    return source.problems.filter((problem) => problem.code === 'malformed-record');
  },
};
