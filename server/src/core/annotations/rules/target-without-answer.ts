import type { RecipeRule } from '../types.ts';

export const targetWithoutAnswer: RecipeRule = {
  id: 'target-without-answer',
  scope: 'recipe',
  severity: 'warning',
  docs: {
    what: 'A recipe whose target is the solution alone: it explains, and need not say which choice is the answer.',
    why: 'A student cannot learn to give an answer that no target holds. Eight published adapters were trained on solutions alone; none of them could be scored, for want of a valid answer.',
    example: 'target: solution',
    fix: 'Say `target: solution-answer`, which puts the gold answer behind the solution; the quick fix does. Keep `solution` where only the text is to be measured, or with the objective `two-task`.',
  },
  *check({ file }) {
    const { target, objective } = file.recipe;
    if (file.problems.length > 0 || target !== 'solution' || objective.kind === 'two-task') return;
    const span = file.place('target');
    const fixes = [
      { title: 'Write "solution-answer"', edits: [{ span, newText: 'solution-answer' }], preferred: true },
    ];
    yield {
      message: 'The target need not say the answer, so the student does not learn to say it.',
      span,
      fixes,
    };
  },
};
