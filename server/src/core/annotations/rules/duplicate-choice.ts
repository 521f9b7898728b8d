import { choiceLetter, quote } from '../../text.ts';
import { removeChoice } from '../choice-edits.ts';
import type { RecordContext, RecordRule, Report } from '../types.ts';

export const duplicateChoice: RecordRule = {
  id: 'duplicate-choice',
  scope: 'record',
  severity: 'error',
  reads: ['choices', 'answer'],
  docs: {
    what: 'A choice that reads the same as an earlier one, white space aside.',
    why: 'If one of the two is the gold answer, a model that picks the other is counted wrong for a right answer; if neither is, guessing is easier than it looks.',
    example: '"7": { "question": "Which is a metal?", "choices": ["iron", "oak", "iron"], "answer": 0 }',
    fix: 'Remove the second one, or write the choice that was meant. The quick fix removes it and renumbers the gold answer.',
  },
  check(context) {
    const texts = context.source.record.choices.map(asCompared);
    const reports: Report[] = [];
    for (let index = 1; index < texts.length; index++) {
      const text = texts[index] as string;
      const earlier = texts.indexOf(text);
      if (earlier < index && text !== '') reports.push(reportOf(context, index, earlier));
    }
    return reports;
  },
};

/** Case counts: "english" and "English" are two answers to a question about capital letters. */
function asCompared(choice: string): string {
  return /\s\s|[^\S ]/.test(choice) ? choice.trim().replace(/\s+/g, ' ') : choice.trim();
}

function reportOf({ source }: RecordContext, index: number, earlier: number): Report {
  const { choices } = source.record;
  const field = `choices[${index}]`;
  const edits = choices.length > 2 ? removeChoice(source, index, earlier) : null;
  const text = quote(choices[index] as string, 40);
  return {
    message: `${choiceLetter(index)} is the same as ${choiceLetter(earlier)}: ${text}.`,
    span: (source.fields.get(field) ?? source.fields.get('choices'))?.value ?? source.idSpan,
    field,
    fixes: edits ? [{ title: `Remove the second ${text}`, edits, preferred: true }] : [],
  };
}
