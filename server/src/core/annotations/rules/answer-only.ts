import { shorten } from '../../text.ts';
import { ANSWER_ONLY, choiceName, hasOutput, isAnswerOnly, questionSpan, wholeOutput } from '../outputs.ts';
import type { OutputRule } from '../types.ts';

export const answerOnly: OutputRule = {
  id: 'answer-only',
  scope: 'output',
  severity: 'hint',
  threshold: ANSWER_ONLY,
  docs: {
    what: 'The prompt asked for a rationale, and the output is an answer without one.',
    why: 'There is nothing to check the answer by. It is what a model trained on answers alone does, and a sign that the prompt is not followed otherwise.',
    example: 'B',
    fix: 'Nothing, for a student trained on letters. Otherwise ask for the stages by an example, or use a model that follows the format.',
  },
  *check(context, threshold) {
    const { source, judgement, prediction, model } = context;
    const wantsRationale = context.format !== 'letter' && context.stages.length > 1;
    if (!wantsRationale || !hasOutput(context) || !isAnswerOnly(context, threshold)) return;
    const choice = judgement.reading.choice as number;
    yield {
      message: `${model} answers ${choiceName(source.record.choices, choice)} without a rationale.`,
      span: questionSpan(source),
      evidence: shorten(prediction.output, 200),
      outputSpan: wholeOutput(prediction.output),
    };
  },
};
