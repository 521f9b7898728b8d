import { assertions } from '../assertions.ts';
import { toCandidates } from './leading.ts';
import type { Method } from './method.ts';

export const label: Method = {
  id: 'label',
  confidence: 0.95,
  what: 'What the output says is the answer: after a label, or before "is correct". Labels that disagree are ambiguous.',
  example: 'The correct answer is **(B) repel**.',
  read(passage) {
    const names = assertions(passage);
    return names.length === 0 ? null : toCandidates(names, 'label');
  },
};
