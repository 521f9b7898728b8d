import type { PromptProblem } from '../../prompts/types.ts';
import type { PromptRule, Report } from '../types.ts';

export const invalidFrontMatter: PromptRule = {
  id: 'invalid-front-matter',
  scope: 'prompt',
  severity: 'error',
  docs: {
    what: 'Front matter that is missing, not YAML, or says what it cannot say: a setting that does not exist, a misspelt key, a list in place of a text.',
    why: 'What cannot be read would silently be the default: a prompt meant for setting 3 would run as setting 1.',
    example: '---\nmetadata:\n  rationale:\n    seting: 3\n---\nuser:\n{{ question }}',
    fix: 'Correct the marked value; where another name is probably meant, the quick fix writes it.',
  },
  check: ({ file }) =>
    file.problems.filter(({ code }) => code === 'invalid-front-matter').map(reportOfProblem),
};

function reportOfProblem({ message, span, instead }: PromptProblem): Report {
  if (instead === undefined) return { message, span };
  const fix = { title: `Write "${instead}"`, edits: [{ span, newText: instead }], preferred: true };
  return { message, span, fixes: [fix] };
}
