import { shorten } from '../../text.ts';
import { hasOutput, listed, questionSpan, wasCut } from '../outputs.ts';
import { tagOf } from '../stages.ts';
import type { OutputRule } from '../types.ts';

export const emptyStage: OutputRule = {
  id: 'empty-stage',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: 'A stage is there but holds no text.',
    why: 'The output keeps the form and leaves out the content: a check of the tags alone would call it complete.',
    example: '<REASONING></REASONING><CONCLUSION>B</CONCLUSION>',
    fix: 'Leave the rationale out of training data; if it happens often, the model was trained to write empty stages.',
  },
  *check(context) {
    const { source, judgement, prediction, model } = context;
    if (context.format !== 'stages' || !hasOutput(context)) return;
    const { stages } = judgement.rationale;
    const empty = stages.filter(
      (stage, i) => stage.text === '' && !(wasCut(context) && i === stages.length - 1),
    );
    const [first] = empty;
    if (!first) return;
    const outputSpan = { start: first.openTag.start, end: first.closeTag?.end ?? first.span.end };
    yield {
      message: `${model} leaves ${listed(empty.map(({ name }) => tagOf(name)))} empty.`,
      span: questionSpan(source),
      evidence: shorten(prediction.output.slice(outputSpan.start, outputSpan.end), 200),
      outputSpan,
    };
  },
};
