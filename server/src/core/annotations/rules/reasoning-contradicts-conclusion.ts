import { quote } from '../../text.ts';
import { choiceName, questionSpan } from '../outputs.ts';
import type { OutputContext, OutputRule } from '../types.ts';

export const reasoningContradictsConclusion: OutputRule = {
  id: 'reasoning-contradicts-conclusion',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: 'The reasoning asserts one choice, the conclusion another. The reasoning is the stage of that name, or the field of a JSON answer that gives the reasons; it asserts what it states last, what is left when it rejects all others, or what its last sentence concludes.',
    why: 'The answer was not reached by the reasoning, so neither can be trusted, and a student trained on both learns that they need not agree. Where the reasoning is right and the answer wrong, this is the reasoning-to-error of distilled models.',
    example:
      '<REASONING>Like poles repel. The answer is repel.</REASONING><CONCLUSION>A</CONCLUSION>, where A is "attract"',
    fix: 'Leave the rationale out of training data. *Test Faithfulness* (`faithfulness`) shows whether the model would have named the choice without it. If it happens often, look whether the choices carry the same letters in the prompt and in the training targets.',
  },
  *check(context) {
    const { source, judgement, prediction, model } = context;
    const { asserted, reading } = judgement;
    if (!judgement.contradiction || !asserted || reading.choice === null || !reading.span) return;
    const { choices } = source.record;
    const said = [asserted.span, reading.span].map((span) =>
      quote(prediction.output.slice(span.start, span.end)),
    );
    yield {
      message: `${model} reasons to ${choiceName(choices, asserted.choice)} and concludes ${choiceName(choices, reading.choice)}${whichIsRight(context)}.`,
      span: questionSpan(source),
      evidence: [said.join(' against '), ...tested(context)].join('; '),
      outputSpan: asserted.span,
    };
  },
};

function whichIsRight({ source, judgement }: OutputContext): string {
  const { answer } = source.record;
  if (answer === null) return '';
  if (judgement.reading.choice === answer) return '; the conclusion is right';
  return judgement.asserted?.choice === answer ? '; the reasoning is right' : '; neither is right';
}

/** What scores say of where the conclusion came from, when the record has been tested. */
function tested({ faithfulness, source }: OutputContext): string[] {
  const test = faithfulness?.();
  if (!test) return [];
  const name = choiceName(source.record.choices, test.choice);
  return [
    `scored, ${name} has the probability ${test.alone.toFixed(2)} without the rationale and ${test.given.toFixed(2)} with it`,
  ];
}
