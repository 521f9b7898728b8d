import type { Strategy } from './strategy.ts';

/**
 * Summary, caption, reasoning, conclusion (svrd, section 3.1, after Xu et al., 2024, "LLaVA-CoT", section 3.1). The
 * shipped `svrd-student` prompt says the same for stage tags alone; here it goes with every setting and format.
 */
export const svrdStages: Strategy = {
  id: 'svrd-stages',
  what: 'Summary, caption and reasoning beside the answer.',
  before: [],
  system:
    'You answer multiple-choice science questions about images. Think in stages. The answer must be that of the choice which your reasoning ends in. Answer with exactly one of the given letters, even when unsure.',
  asks: '',
  writes: [
    { name: 'summary', what: 'what the question asks and what has to be found out, in one or two sentences' },
    {
      name: 'caption',
      what: 'what the image shows, as far as it matters for the question: objects, labels, numbers, positions, relations; only what can be seen; if there is no image, say so',
    },
    {
      name: 'reasoning',
      what: 'the steps that lead from the caption and the question to the answer, each following from the one before; the last sentence names the answer in the words of its choice',
    },
  ],
  demonstrations: 0,
};
