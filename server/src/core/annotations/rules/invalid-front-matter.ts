import { firstLine } from '../prompt-places.ts';
import type { PromptRule } from '../types.ts';
import { reportOfProblem } from '../yaml-problem.ts';

export const invalidFrontMatter: PromptRule = {
  id: 'invalid-front-matter',
  scope: 'prompt',
  severity: 'error',
  docs: {
    what: 'Front matter that is missing, not YAML, or says what it cannot say: a setting that does not exist, a misspelt key, a list in place of a text, a dataset that is not there, a split that no record is in.',
    why: 'What cannot be read would silently be the default: a prompt meant for setting 3 would run as setting 1.',
    example: '---\nmetadata:\n  rationale:\n    seting: 3\n---\nuser:\n{{ question }}',
    fix: 'Correct the marked value; where another name is probably meant, the quick fix writes it.',
  },
  check({ file, misfits }) {
    const here = file.problems.filter(({ code }) => code === 'invalid-front-matter').map(reportOfProblem);
    const around = misfits.map(({ key, ...misfit }) =>
      reportOfProblem({ ...misfit, span: file.places[key] ?? firstLine(file) }),
    );
    return [...here, ...around];
  },
};
