import { questionSpan } from '../outputs.ts';
import type { OutputRule } from '../types.ts';

export const failedRequest: OutputRule = {
  id: 'failed-request',
  scope: 'output',
  severity: 'error',
  docs: {
    what: 'The model could not be asked, or broke off with an error.',
    why: 'There is no output to judge. The record counts as wrong in the accuracy, though the model never answered it.',
    example: 'The image images/test/12/image.png cannot be read.',
    fix: 'Remove the cause that the message names and annotate again: only the failed records are run.',
  },
  *check({ source, judgement, prediction, model }) {
    if (judgement.verdict !== 'failed') return;
    yield {
      message: `${model} gave no output. ${prediction.error ?? 'The request failed.'}`,
      span: questionSpan(source),
    };
  },
};
