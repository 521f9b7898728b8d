import { count, shorten } from '../../text.ts';
import { cutTail, hasOutput, questionSpan } from '../outputs.ts';
import type { OutputRule } from '../types.ts';

export const truncatedOutput: OutputRule = {
  id: 'truncated-output',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: 'The output was cut off at the limit of new tokens; or, where it is not known why the model stopped, it breaks off inside a stage or a value of its JSON.',
    why: "The answer may have been lost with the rest. Accuracy measured with too low a limit is the limit's, not the model's.",
    example: '<SUMMARY>Compare the poles.</SUMMARY><CAPTION>Two magnets stand',
    fix: 'Raise the limit of new tokens. If the tail repeats itself, a higher limit will not help: see repetition.',
  },
  *check(context) {
    const { source, prediction, judgement, model } = context;
    const outputSpan = cutTail(context);
    if (!outputSpan || !hasOutput(context)) return;
    const { output, usage, finishReason } = prediction;
    const inside = judgement.rationale.stages.length > 0 ? 'a stage' : 'its JSON';
    const how =
      finishReason === 'length'
        ? `was cut off at the limit of ${count(usage.outputTokens, 'token')}`
        : `breaks off inside ${inside}`;
    yield {
      message: `The output of ${model} ${how}.`,
      span: questionSpan(source),
      evidence: `…${shorten(output.slice(-80), 80)}`,
      outputSpan,
    };
  },
};
