import { mainUse } from '../prompt-places.ts';
import type { PromptRule } from '../types.ts';

export const answerInPrompt: PromptRule = {
  id: 'answer-in-prompt',
  scope: 'prompt',
  severity: 'hint',
  docs: {
    what: "A prompt that shows the record's solution or gold answer, as its setting or `gold: true` allows.",
    why: 'The solution names the answer. Such prompts are of use for teachers and as an upper bound, but the accuracy of their outputs is no fair claim and must not stand beside those of settings 1 and 2.',
    example:
      '---\nmetadata:\n  rationale:\n    setting: 4\n---\nuser:\nQuestion: {{ question }}\nSolution: {{ solution }}',
    fix: 'Nothing, where it is meant so. For an evaluation, use setting 1 or 2.',
  },
  *check({ uses, offered }) {
    if (!uses) return;
    for (const kind of ['solution', 'answer'] as const) {
      const shown = offered
        .filter(({ tells, isWithheld }) => tells === kind && !isWithheld)
        .flatMap(({ name }) => mainUse(uses, name) ?? [])
        .sort((a, b) => a.span.start - b.span.start);
      const [first] = shown;
      if (!first) continue;
      const what = kind === 'solution' ? 'solution, which gives the answer away' : 'gold answer';
      yield {
        message: `The prompt holds the ${what}: accuracy with it is no fair claim.`,
        span: first.span,
      };
    }
  },
};
