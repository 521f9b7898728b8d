import { similarNames } from '../../similar-name.ts';
import { quote } from '../../text.ts';
import type { PromptRule, Report } from '../types.ts';

export const unknownVariable: PromptRule = {
  id: 'unknown-variable',
  scope: 'prompt',
  severity: 'error',
  docs: {
    what: 'A variable that no record offers, and that the template does not define by a loop, `set` or macro.',
    why: 'It renders as nothing, without any error: the model is asked a question with a hole in it.',
    example: '---\nname: misspelt\n---\nuser:\nQuestion: {{ qestion }}',
    fix: 'Write the name of a field; where one is similar, the quick fix does. A name that is only asked for with `is defined` is left alone.',
  },
  check({ uses, offered }) {
    const names = offered.map(({ name }) => name);
    const unknown =
      uses?.variables.filter(({ name, how }) => how !== 'defined' && !names.includes(name)) ?? [];
    return unknown.map(({ name, span }): Report => {
      const [instead] = similarNames(name, names, 1);
      const says = `No record has a ${quote(name, 40)}, so it renders as nothing`;
      if (!instead) return { message: `${says}: a record offers ${names.join(', ')}.`, span };
      const fix = { title: `Write "${instead}"`, edits: [{ span, newText: instead }], preferred: true };
      return { message: `${says}: did you mean "${instead}"?`, span, fixes: [fix] };
    });
  },
};
