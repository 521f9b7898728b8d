import type { StageName } from '../../rationales/types.ts';
import { shorten } from '../../text.ts';
import { hasOutput, isAnswerOnly, isSparse, listed, questionSpan, wasCut, wholeOutput } from '../outputs.ts';
import { STAGES, tagOf } from '../stages.ts';
import type { OutputContext, OutputRule } from '../types.ts';

export const missingStage: OutputRule = {
  id: 'missing-stage',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: 'The prompt asked for stages, those of its strategy or else summary, caption, reasoning and conclusion, and the output lacks at least one.',
    why: 'A rationale with a stage left out cannot be checked or distilled as a whole. An output that is only an answer is reported as answer-only instead.',
    example: '<SUMMARY>Compare the poles.</SUMMARY><CONCLUSION>B</CONCLUSION>',
    fix: 'If many outputs lack the same stage, show it in the prompt by an example. When writing rationales back, leave this one out.',
  },
  *check(context) {
    if (context.format !== 'stages' || !hasOutput(context) || isAnswerOnly(context) || isSparse(context))
      return;
    const missing = missingStages(context);
    if (missing.length === 0) return;
    const what =
      missing.length === STAGES.length ? 'none of the four stages' : `no ${listed(missing.map(tagOf), 'or')}`;
    yield {
      message: `The output of ${context.model} has ${what}.`,
      span: questionSpan(context.source),
      evidence: shorten(context.prediction.output, 200),
      outputSpan: wholeOutput(context.prediction.output),
    };
  },
};

/** What is not there; of an output that was cut off, only what should have come before its last stage. */
function missingStages(context: OutputContext): StageName[] {
  const { stages: asked, judgement } = context;
  const { stages, byName } = judgement.rationale;
  const last = stages.at(-1);
  const expected = wasCut(context) ? asked.slice(0, last ? Math.max(0, asked.indexOf(last.name)) : 0) : asked;
  return expected.filter((name) => !byName[name]);
}
