import { choiceLetter } from '../../text.ts';
import { removeChoice } from '../choice-edits.ts';
import type { RecordRule } from '../types.ts';

export const emptyChoice: RecordRule = {
  id: 'empty-choice',
  scope: 'record',
  severity: 'error',
  reads: ['choices', 'answer'],
  docs: {
    what: 'A choice without text.',
    why: 'A model is offered a letter that stands for nothing, and no answer text can be mapped to it.',
    example: '"7": { "question": "Which is a metal?", "choices": ["iron", "oak", ""], "answer": 0 }',
    fix: 'Write the choice, or remove it. The quick fix removes it and renumbers the gold answer.',
  },
  check({ source }) {
    const { choices, answer } = source.record;
    return choices.flatMap((choice, index) => {
      if (choice.trim() !== '') return [];
      const field = `choices[${index}]`;
      const edits = choices.length > 2 && index !== answer ? removeChoice(source, index, index) : null;
      return {
        message: `Choice ${choiceLetter(index)} is empty.`,
        span: (source.fields.get(field) ?? source.fields.get('choices'))?.value ?? source.idSpan,
        field,
        fixes: edits ? [{ title: `Remove choice ${choiceLetter(index)}`, edits, preferred: true }] : [],
      };
    });
  },
};
