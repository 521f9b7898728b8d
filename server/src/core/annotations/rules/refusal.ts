import { shorten } from '../../text.ts';
import { questionSpan, refusalIn } from '../outputs.ts';
import type { OutputRule } from '../types.ts';

export const refusal: OutputRule = {
  id: 'refusal',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: 'The output declines to answer: it asks for the image or for more information, says that the answer cannot be told, or that no choice is right.',
    why: 'It counts as wrong, but the cause is rarely the question: the image did not reach the model, the prompt leaves out what is needed, or a safety filter stepped in.',
    example: 'Please provide the image of the thermometer. I need to see it to determine the temperature.',
    fix: 'Look at the prompt as the model gets it, image included. If the model is right that nothing fits, the record is at fault.',
  },
  *check(context) {
    const { source, prediction, model } = context;
    const span = refusalIn(context);
    if (!span) return;
    const sentence = shorten(prediction.output.slice(span.start, span.end), 200);
    yield {
      message: `${model} declines to answer: "${shorten(sentence)}".`,
      span: questionSpan(source),
      evidence: sentence,
      outputSpan: span,
    };
  },
};
