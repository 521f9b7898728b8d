import { READER, readAnswer } from '../reader.ts';
import type { Reader } from './reader.ts';

export const rationale: Reader = {
  id: READER.name,
  version: READER.version,
  what: 'The methods above, the most explicit form that is there; two choices that fit are ambiguous.',
  source: 'this page',
  read: ({ output, rationale, choices, indexBase, baseSource }) =>
    readAnswer(output, rationale, choices, indexBase, baseSource),
};
