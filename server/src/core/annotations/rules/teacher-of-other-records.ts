import { count } from '../../text.ts';
import type { RecipeRule } from '../types.ts';

export const teacherOfOtherRecords: RecipeRule = {
  id: 'teacher-of-other-records',
  scope: 'recipe',
  severity: 'error',
  docs: {
    what: 'A teacher’s run or outputs for other records than those to learn from: for none of them, or for fewer than half.',
    why: 'Only records with a rationale are learnt from. A run over the test split teaches nothing about the training split, and a small remainder is seldom what was meant.',
    example:
      'student: sketchbook-base\nteacher:\n  run: teacher-on-test\ndata:\n  dataset: problems.json\n  split: train\ntarget: rationale',
    fix: 'Run the teacher over the records to learn from (`rationale annotate … --split train --run NAME`), or name the run that was.',
  },
  *check({ file, facts }) {
    if (!facts?.teacher || 'problem' in facts.teacher || 'problem' in facts.data) return;
    const { matched, outputs } = facts.teacher;
    const { selected } = facts.data;
    if (selected === 0 || matched * 2 >= selected) return;
    const which = matched === 0 ? 'none' : `only ${matched}`;
    const message = `The teacher has ${count(outputs, 'output')}, but for ${which} of the ${count(selected, 'record')} to learn from.`;
    yield { message, span: file.place(file.recipe.teacher.run ? 'teacher.run' : 'teacher.outputs') };
  },
};
