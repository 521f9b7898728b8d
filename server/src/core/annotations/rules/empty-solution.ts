import type { RecordRule } from '../types.ts';

export const emptySolution: RecordRule = {
  id: 'empty-solution',
  scope: 'record',
  severity: 'hint',
  reads: ['solution'],
  docs: {
    what: 'A record without a solution.',
    why: 'A prompt with the solution (settings 3 and 4) is then the same as one without, and no generated rationale can be compared with it.',
    example:
      '"7": { "question": "Which is a metal?", "choices": ["oak", "iron"], "answer": 1, "solution": "" }',
    fix: 'Write the solution, or leave the record out of what is run with it.',
  },
  check({ source }) {
    if (source.record.solution.trim() !== '') return [];
    const span = source.fields.get('solution')?.value ?? source.idSpan;
    return [{ message: 'The record has no solution.', span, field: 'solution' }];
  },
};
