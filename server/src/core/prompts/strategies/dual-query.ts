import type { Strategy } from './strategy.ts';

/**
 * The image is described in one query and the question answered in the next, which is shown the description: seeing
 * and reasoning apart, as in Compositional Chain-of-Thought (Mitra et al., 2024, "Compositional
 * chain-of-thought prompting for large multimodal models", whose first query asks for a scene graph). Of a record without an image only the answer is asked.
 */
export const dualQuery: Strategy = {
  id: 'dual-query',
  what: 'One query for a caption of the image, a second one for the answer.',
  before: [
    {
      name: 'caption',
      asks: 'Do not answer the question yet. Describe what the image shows, as far as it matters for the question: objects, labels, numbers, positions, relations. Say only what can be seen.',
      image: true,
      needsImage: true,
      heading: 'What the image shows:',
    },
  ],
  asks: '',
  writes: [{ name: 'reasoning', what: 'the steps that lead from what the image shows to the answer' }],
  demonstrations: 0,
};
