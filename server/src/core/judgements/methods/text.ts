import { readLeading } from './leading.ts';
import type { Method } from './method.ts';

export const text: Method = {
  id: 'text',
  confidence: 0.9,
  what: 'The words of a choice that the output consists of or begins with, as a phrase of their own. Case, white space, quotes and a leading article may differ.',
  example: 'Repel. Both poles are north poles.',
  read: (passage) => readLeading(passage, 'text', 0.9),
};
