import { shorten } from '../../text.ts';
import { hasOutput, listed, questionSpan } from '../outputs.ts';
import { STAGES, tagOf } from '../stages.ts';
import type { OutputRule } from '../types.ts';

export const duplicateStage: OutputRule = {
  id: 'duplicate-stage',
  scope: 'output',
  severity: 'information',
  docs: {
    what: 'A stage occurs more than once.',
    why: 'Only the first is shown and scored, so the rest of the text is lost. Two conclusions that differ make the answer ambiguous.',
    example: '<CAPTION>Two magnets.</CAPTION><CAPTION>Two magnets.</CAPTION>',
    fix: 'See whether the model started over; if it did, the later text is usually worthless.',
  },
  *check(context) {
    const { source, judgement, prediction, model } = context;
    if (context.format !== 'stages' || !hasOutput(context)) return;
    const { stages } = judgement.rationale;
    const repeated = STAGES.filter((name) => stages.filter((stage) => stage.name === name).length > 1);
    if (repeated.length === 0) return;
    const second = stages.filter((stage) => stage.name === repeated[0])[1]!;
    const outputSpan = { start: second.openTag.start, end: second.closeTag?.end ?? second.span.end };
    yield {
      message: `${model} writes ${listed(repeated.map(tagOf))} more than once.`,
      span: questionSpan(source),
      evidence: shorten(prediction.output.slice(outputSpan.start, outputSpan.end), 200),
      outputSpan,
    };
  },
};
