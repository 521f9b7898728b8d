import type { RecordSource } from '../records/types.ts';
import { choiceLetter, quote } from '../text.ts';
import type { Fix } from './types.ts';

type Edit = Fix['edits'][number];

/**
 * The edits that take a choice out of the record and make the gold answer name the choice it named before.
 *
 * @param instead the choice that becomes gold when the one removed was
 * @returns null when the text of the record cannot be edited so
 */
export function removeChoice(source: RecordSource, index: number, instead: number): Edit[] | null {
  const { record, fields } = source;
  // Choices in fields of their own cannot be taken out of a list.
  const at = (choice: number) => {
    const place = fields.get(`choices[${choice}]`);
    return place?.key ? undefined : place?.value;
  };
  const [choice, before, after] = [at(index), at(index - 1), at(index + 1)];
  if (!choice || (!before && !after)) return null;
  const removed = before
    ? { start: before.end, end: choice.end }
    : { start: choice.start, end: after?.start ?? 0 };
  const edits: Edit[] = [{ span: removed, newText: '' }];
  if (record.answer === null) return edits;
  const gold = record.answer === index ? instead : record.answer;
  const answer = gold > index ? gold - 1 : gold;
  return answer === record.answer ? edits : [...edits, ...setAnswer(source, answer)];
}

/** The fix that makes the choice the gold answer. It is for a record that has an `answer` to write over. */
export function answerFix(source: RecordSource, text: string, choice: number): Fix {
  const name = quote(source.record.choices[choice] as string, 40);
  return {
    title: `Set ${answerField(source, text)} to ${source.answerText(choice)}, ${choiceLetter(choice)}: ${name}`,
    edits: setAnswer(source, choice),
  };
}

/** What the record calls its gold answer, in quotes: a field map may read it from another field. */
export function answerField({ fields }: RecordSource, text: string): string {
  const key = fields.get('answer')?.key;
  return key ? text.slice(key.start, key.end) : '"answer"';
}

/** The edits that make the choice the gold answer; none when the record has no `answer` to write over. */
export function setAnswer(source: RecordSource, choice: number): Edit[] {
  const answer = source.fields.get('answer');
  return answer ? [{ span: answer.value, newText: source.answerText(choice) }] : [];
}
