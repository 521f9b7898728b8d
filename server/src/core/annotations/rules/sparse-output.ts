import { quote, shorten } from '../../text.ts';
import { isSparse, questionSpan, SPARSE, wholeOutput } from '../outputs.ts';
import type { OutputRule } from '../types.ts';

export const sparseOutput: OutputRule = {
  id: 'sparse-output',
  scope: 'output',
  severity: 'warning',
  threshold: SPARSE,
  docs: {
    what: `The output names no choice and has hardly a word: fewer than ${SPARSE.default} different ones, not counting words such as "the" and "of".`,
    why: 'It is a trace of a model that no longer produces text, as after prefix tuning with misplaced labels, and not an answer that could not be read.',
    example: 'the the of . .',
    fix: 'Look at several: if most are like this, the model or its checkpoint is broken, and no prompt or reader will help.',
  },
  *check(context, threshold) {
    if (!isSparse(context, threshold)) return;
    const { source, prediction, model } = context;
    yield {
      message: `${model} says next to nothing: ${quote(prediction.output)}.`,
      span: questionSpan(source),
      evidence: shorten(prediction.output, 200),
      outputSpan: wholeOutput(prediction.output),
    };
  },
};
