import type { PromptRule } from '../types.ts';
import { reportOfProblem } from '../yaml-problem.ts';

export const invalidTemplate: PromptRule = {
  id: 'invalid-template',
  scope: 'prompt',
  severity: 'error',
  docs: {
    what: 'A template that cannot be rendered: a tag or block that is not closed, a filter that does not exist, loops that take too long.',
    why: 'No record can be shown with it. It is tried on a record that has every field, and on one that has only choices.',
    example: '---\nname: unclosed\n---\nuser:\n{% if hint %}\nHint: {{ hint }}',
    fix: 'Correct the marked tag; where another filter or test is probably meant, the quick fix writes it. The first thing that is wrong is named; there may be more behind it.',
  },
  check: ({ file }) => file.problems.filter(({ code }) => code === 'invalid-template').map(reportOfProblem),
};
