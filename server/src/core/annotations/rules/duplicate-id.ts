import { count, quote } from '../../text.ts';
import type { RecordRule } from '../types.ts';

export const duplicateId: RecordRule = {
  id: 'duplicate-id',
  scope: 'record',
  severity: 'error',
  reads: [],
  docs: {
    what: 'An id that more than one record of the dataset has.',
    why: 'Readers of JSON keep the last record under a key and drop the others without a word; outputs can be joined to either.',
    example: '{ "7": { "question": "Which is a metal?" }, "7": { "question": "Which floats?" } }',
    fix: 'Give each record an id of its own, or remove the copy.',
  },
  check({ source, idCount }) {
    const { id } = source.record;
    const records = idCount(id);
    if (records < 2) return [];
    return [
      { message: `The id ${quote(id, 40)} stands for ${count(records, 'record')}.`, span: source.idSpan },
    ];
  },
};
