import type { RecipeRule } from '../types.ts';

export const targetInPrompt: RecipeRule = {
  id: 'target-in-prompt',
  scope: 'recipe',
  severity: 'error',
  docs: {
    what: 'A prompt that already shows what the student is to learn to write: the solution in setting 3 or 4 where the target holds it, or the gold answer in a teacher’s prompt.',
    why: 'The student learns to copy, and knows nothing where the text is not given. A published distillation notebook passed the whole record, the teacher’s text included, as the prompt.',
    example: 'prompt: setting-3\ntarget: solution',
    fix: 'Train with the prompt that will ask the student later: a setting without the solution, and no `gold: true`.',
  },
  *check({ file, facts }) {
    if (!facts || 'problem' in facts.prompt) return;
    const { name, setting, shows } = facts.prompt;
    const { target } = file.recipe;
    const span = file.place('prompt');
    if (shows.includes('answer')) {
      yield { message: `The prompt ${name} shows the gold answer, which the student is to find.`, span };
    }
    if (shows.includes('solution') && target !== 'answer') {
      const message = `The prompt ${name} (setting ${setting}) shows the solution, and the target "${target}" is to be learnt without it.`;
      yield { message, span };
    }
  },
};
