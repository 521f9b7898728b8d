import { questionSpan } from '../outputs.ts';
import type { OutputRule } from '../types.ts';

export const noOutput: OutputRule = {
  id: 'no-output',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: 'The model returned nothing, or only white space.',
    why: 'An empty output counts as a wrong answer. Many of them mean that the prompt does not fit the model, or that its training taught it to stop at once.',
    example: '(an empty output)',
    fix: 'Look at the prompt as the model gets it. If other records have outputs, annotate this one again.',
  },
  *check({ source, judgement, model }) {
    if (judgement.verdict === 'no-output')
      yield { message: `${model} returned nothing.`, span: questionSpan(source) };
  },
};
