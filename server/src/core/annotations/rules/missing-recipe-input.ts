import { similarNames } from '../../similar-name.ts';
import { count, quote } from '../../text.ts';
import type { RecipeContext, RecipeRule, Report } from '../types.ts';

export const missingRecipeInput: RecipeRule = {
  id: 'missing-recipe-input',
  scope: 'recipe',
  severity: 'error',
  docs: {
    what: 'A recipe that names what is not there: a student folder that lacks files, a dataset that cannot be read or has no such split, a filter that leaves nothing, a prompt file or a teacher’s run that does not exist.',
    why: 'The training would end before its first step, or learn from nothing.',
    example: 'student: sketchbook-base\ndata:\n  dataset: problems.json\n  split: training\ntarget: answer',
    fix: 'Name what is there; the message lists it. Paths count from the recipe’s folder.',
  },
  *check(context) {
    const { file, facts } = context;
    // What the recipe does not say is said by another rule.
    if (!facts || file.problems.length > 0) return;
    if (facts.student !== null) yield { message: facts.student, span: file.place('student') };
    if (facts.teacherModel !== null) yield { message: facts.teacherModel, span: file.place('teacher.model') };
    yield* ofData(context);
    if ('problem' in facts.prompt && facts.prompt.problem !== '') {
      yield { message: facts.prompt.problem, span: file.place('prompt') };
    }
    if (facts.teacher && 'problem' in facts.teacher) {
      const key = file.recipe.teacher.run ? 'teacher.run' : 'teacher.outputs';
      yield { message: facts.teacher.problem, span: file.place(key) };
    }
  },
};

function* ofData({ file, facts }: RecipeContext): Iterable<Report> {
  if (!facts) return;
  const { recipe } = file;
  const { data } = facts;
  if ('problem' in data) {
    yield { message: data.problem, span: file.place('data.dataset') };
    return;
  }
  const names = [...data.splits.keys()];
  const there = names.length > 0 ? names.join(', ') : 'no splits';
  for (const [key, split] of [
    ['data.split', recipe.data.split],
    ['evaluation.split', recipe.evaluation.records === 0 ? null : recipe.evaluation.split],
  ] as const) {
    if (split === null || data.splits.has(split)) continue;
    const span = file.place(key);
    const [instead] = similarNames(split, names, 1);
    const fixes = instead ? [{ title: `Write "${instead}"`, edits: [{ span, newText: instead }] }] : [];
    const message = `No record of the dataset is in the split ${quote(split, 40)}: it has ${there}.`;
    yield { message, span, fixes };
  }
  const isSplit = recipe.data.split === null || data.splits.has(recipe.data.split);
  if (isSplit && data.selected === 0) {
    const message = `The filter leaves none of the dataset’s ${count(data.records, 'record')}.`;
    yield { message, span: file.place('data.filter') };
  }
}
