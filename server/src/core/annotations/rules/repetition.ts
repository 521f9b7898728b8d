import { quote, shorten } from '../../text.ts';
import { hasOutput, questionSpan } from '../outputs.ts';
import { findRepeat, REPEATS } from '../repeats.ts';
import type { OutputRule } from '../types.ts';

export const repetition: OutputRule = {
  id: 'repetition',
  scope: 'output',
  severity: 'warning',
  threshold: REPEATS,
  docs: {
    what: `The output repeats itself: a phrase of a few words or a sentence ${REPEATS.default} times, a longer passage or a whole stage ${REPEATS.default - 1} times, a word or a part of one ${REPEATS.default + 2} times in a row.`,
    why: 'The model is caught in a loop. It is a common failure of small and of badly distilled models, and training on such text spreads it.',
    example: 'The magnet is red. The magnet is red. The magnet is red. The magnet is red.',
    fix: 'Leave the output out of training data. Greedy decoding makes loops likelier; so does training on few or very similar records.',
  },
  *check(context, threshold) {
    if (!hasOutput(context)) return;
    const { source, prediction, judgement, model } = context;
    const found = findRepeat(prediction.output, judgement.rationale.stages, threshold);
    if (!found) return;
    yield {
      message: `${model} says ${quote(found.text)} ${found.times} times.`,
      span: questionSpan(source),
      evidence: shorten(found.text, 200),
      outputSpan: found.span,
    };
  },
};
