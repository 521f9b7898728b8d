import type { Stage } from '../../rationales/types.ts';
import { shorten } from '../../text.ts';
import { hasOutput, questionSpan } from '../outputs.ts';
import { STAGES, tagOf } from '../stages.ts';
import type { OutputRule } from '../types.ts';

export const stageOutOfOrder: OutputRule = {
  id: 'stage-out-of-order',
  scope: 'output',
  severity: 'information',
  docs: {
    what: 'The stages do not come in the order summary, caption, reasoning, conclusion, and the prompt did not ask for the conclusion first.',
    why: 'The order is the point of staged reasoning: a conclusion that comes first is not reached by the reasoning behind it.',
    example: '<CONCLUSION>B</CONCLUSION><REASONING>Like poles repel.</REASONING>',
    fix: 'Ask for the order in the prompt; leave the rationale out of training data.',
  },
  *check(context) {
    const { source, judgement, prediction, model } = context;
    if (context.format !== 'stages' || !hasOutput(context)) return;
    const found = Object.values(judgement.rationale.byName).sort((a, b) => a.openTag.start - b.openTag.start);
    const place = ({ name }: Stage) =>
      context.isAnswerFirst && name === 'conclusion' ? -1 : STAGES.indexOf(name);
    const late = found.find((stage, i) => i > 0 && place(stage) < place(found[i - 1]!));
    if (!late) return;
    const outputSpan = { start: late.openTag.start, end: late.closeTag?.end ?? late.span.end };
    yield {
      message: `${model} gives its stages in the order ${found.map(({ name }) => name).join(', ')}; ${tagOf(late.name)} comes too late.`,
      span: questionSpan(source),
      evidence: shorten(prediction.output.slice(outputSpan.start, outputSpan.end), 200),
      outputSpan,
    };
  },
};
