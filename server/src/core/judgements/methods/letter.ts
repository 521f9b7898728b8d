import { readLeading } from './leading.ts';
import type { Method } from './method.ts';

export const letter: Method = {
  id: 'letter',
  confidence: 0.9,
  what: 'A letter that the output consists of or begins with.',
  example: '(B) Like poles repel.',
  read: (passage) => readLeading(passage, 'letter', 0.9),
};
