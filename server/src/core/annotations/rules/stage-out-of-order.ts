import type { Stage } from '../../rationales/types.ts';
import { shorten } from '../../text.ts';
import { hasOutput, questionSpan } from '../outputs.ts';
import { tagOf } from '../stages.ts';
import type { OutputRule } from '../types.ts';

export const stageOutOfOrder: OutputRule = {
  id: 'stage-out-of-order',
  scope: 'output',
  severity: 'information',
  docs: {
    what: 'The stages do not come in the order that the prompt asked for; without a strategy that is summary, caption, reasoning, conclusion.',
    why: 'The order is the point of staged reasoning: a conclusion that comes first is not reached by the reasoning behind it.',
    example: '<CONCLUSION>B</CONCLUSION><REASONING>Like poles repel.</REASONING>',
    fix: 'Ask for the order in the prompt; leave the rationale out of training data.',
  },
  *check(context) {
    const { source, judgement, prediction, model } = context;
    if (context.format !== 'stages' || !hasOutput(context)) return;
    const place = ({ name }: Stage) => context.stages.indexOf(name);
    const found = Object.values(judgement.rationale.byName)
      .filter((stage) => place(stage) !== -1)
      .sort((a, b) => a.openTag.start - b.openTag.start);
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
