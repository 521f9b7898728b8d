import { readLeading } from './leading.ts';
import type { Method } from './method.ts';

export const indexNumber: Method = {
  id: 'index',
  confidence: 0.8,
  what: 'The number of a choice that the output consists of or begins with. Where the prompt does not say whether the first choice is 0 or 1, only a number that fits one of the two is read.',
  example: '1. repel',
  read: (passage) => readLeading(passage, 'index', 0.8),
};
