import type { RecipeRule } from '../types.ts';
import { reportOfProblem } from '../yaml-problem.ts';

export const invalidRecipe: RecipeRule = {
  id: 'invalid-recipe',
  scope: 'recipe',
  severity: 'error',
  docs: {
    what: 'A recipe that is not YAML, or says what a recipe cannot say: a misspelt key, a value of the wrong type or out of range, a key that does nothing with the objective or adapter named, a target whose source is not named.',
    why: 'What cannot be read would silently be the default, and the training would be another one than the file says.',
    example:
      'student: sketchbook-base\ndata:\n  dataset: problems.json\ntarget: answer\noptimizer:\n  learning_rate: 2e-4',
    fix: 'Correct the marked key or value; where another name is probably meant, the quick fix writes it. The hover on a key says what it takes.',
  },
  check: ({ file }) => file.problems.map(reportOfProblem),
};
