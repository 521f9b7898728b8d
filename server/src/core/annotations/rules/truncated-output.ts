import { count, shorten } from '../../text.ts';
import { hasOutput, questionSpan, wasCut } from '../outputs.ts';
import type { OutputRule } from '../types.ts';

export const truncatedOutput: OutputRule = {
  id: 'truncated-output',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: 'The output was cut off at the limit of new tokens; or, where it is not known why the model stopped, it breaks off inside a stage.',
    why: "The answer may have been lost with the rest. Accuracy measured with too low a limit is the limit's, not the model's.",
    example: '<SUMMARY>Compare the poles.</SUMMARY><CAPTION>Two magnets stand',
    fix: 'Raise the limit of new tokens. If the tail repeats itself, a higher limit will not help: see repetition.',
  },
  *check(context) {
    const { source, prediction, model } = context;
    if (!wasCut(context) || !hasOutput(context)) return;
    const { output, usage, finishReason } = prediction;
    const how =
      finishReason === 'length'
        ? `was cut off at the limit of ${count(usage.outputTokens, 'token')}`
        : 'breaks off inside a stage';
    yield {
      message: `The output of ${model} ${how}.`,
      span: questionSpan(source),
      evidence: `…${shorten(output.slice(-80), 80)}`,
    };
  },
};
