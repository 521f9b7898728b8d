import { shorten } from '../../text.ts';
import { hasOutput, listed, questionSpan, wasCut } from '../outputs.ts';
import { tagOf } from '../stages.ts';
import type { OutputRule } from '../types.ts';

export const unclosedStage: OutputRule = {
  id: 'unclosed-stage',
  scope: 'output',
  severity: 'information',
  docs: {
    what: 'A stage is opened and never closed.',
    why: 'Where the stage ends is then a guess: everything up to the next tag is taken as its text. A student trained on it learns to leave tags open.',
    example: '<CAPTION>Two magnets. <REASONING>Like poles repel.</REASONING>',
    fix: 'Nothing, if the text reads well; leave the rationale out of training data otherwise.',
  },
  *check(context) {
    const { source, judgement, prediction, model } = context;
    if (context.format !== 'stages' || !hasOutput(context)) return;
    const { stages } = judgement.rationale;
    // The stage at which an output was cut off is the affair of truncated-output.
    const open = stages.filter(
      (stage, i) => !stage.closeTag && !(wasCut(context) && i === stages.length - 1),
    );
    const [first] = open;
    if (!first) return;
    const outputSpan = { start: first.openTag.start, end: first.span.end };
    yield {
      message: `${model} never closes ${listed(open.map(({ name }) => tagOf(name)))}.`,
      span: questionSpan(source),
      evidence: shorten(prediction.output.slice(outputSpan.start, outputSpan.end), 200),
      outputSpan,
    };
  },
};
