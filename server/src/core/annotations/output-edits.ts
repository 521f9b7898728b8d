import type { OutputSource } from '../models/output-source.ts';
import { MAPPED_FIELD, REVIEWED_FIELD } from '../output-marks.ts';
import type { RecordSource } from '../records/types.ts';
import { choiceName } from './outputs.ts';
import type { Fix } from './types.ts';

type Edit = Fix['edits'][number];

/**
 * What a person can decide about an output, as changes to the outputs file: which choice it means, one fix for
 * each choice that it is not read as; and that it has been read, after which nothing more is said of it.
 *
 * @param read the choice it is read as now; null when it is not mapped
 */
export function mapFixes(output: OutputSource, { record }: RecordSource, read: number | null): Fix[] {
  return record.choices.flatMap((_, choice) => {
    if (choice === read) return [];
    const title = `Map to ${choiceName(record.choices, choice)}`;
    return [{ title, edits: [setField(output, MAPPED_FIELD, String(choice))] }];
  });
}

/** See `mapFixes`. */
export function reviewedFix(output: OutputSource): Fix {
  return { title: 'Mark this output as read', edits: [setField(output, REVIEWED_FIELD, 'true')] };
}

/** Writes a field over, or adds it behind the others; a bare string becomes an object that holds it. */
function setField({ fields, objectSpan, valueSpan, output }: OutputSource, name: string, json: string): Edit {
  const there = fields.get(name);
  if (there) return { span: there.value, newText: json };
  if (!objectSpan) {
    return { span: valueSpan, newText: `{"output": ${JSON.stringify(output.output)}, "${name}": ${json}}` };
  }
  // Behind the last value: in an object of many lines the closing brace stands on a line of its own.
  const end = Math.max(valueSpan.end, ...Array.from(fields.values(), ({ value }) => value.end));
  return { span: { start: end, end }, newText: `, "${name}": ${json}` };
}
