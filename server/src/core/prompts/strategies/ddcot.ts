import type { Strategy } from './strategy.ts';

/**
 * Duty-distinct chain of thought (Zheng et al., 2023, "DDCoT: Duty-distinct chain-of-thought prompting for multimodal
 * reasoning in language models"): the question is taken apart without the image, where what only the image
 * can tell stays "Uncertain"; recognition answers that; the two are joined critically, since either may be wrong. The
 * paper has a language model reason and a visual one recognise; here one model does both.
 */
export const ddcot: Strategy = {
  id: 'ddcot',
  what: 'Sub-questions without the image, their answers from the image, then the answer from both.',
  before: [
    {
      name: 'sub-questions',
      asks: 'Do not answer the question yet. Assume that you cannot see any image. Take the question apart into the sub-questions that have to be answered first, one a line, each with its answer. Where only an image could tell, answer "Uncertain".',
      image: false,
      needsImage: false,
      heading: 'Sub-questions:',
    },
    {
      name: 'recognition',
      asks: 'Do not answer the question yet. Answer from the image each sub-question that is marked "Uncertain", one a line. Say only what can be seen.',
      image: true,
      needsImage: true,
      heading: 'What the image says of them:',
    },
  ],
  asks: 'The sub-questions and their answers may be wrong or beside the point: use those that hold.',
  writes: [{ name: 'reasoning', what: 'the steps that lead from the sub-questions to the answer' }],
  demonstrations: 0,
};
