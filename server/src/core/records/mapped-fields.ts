import type { Fields } from './field-faults.ts';
import type { FieldMap } from './field-map.ts';
import { fillTemplate, firstPath, isTemplate, valueAt } from './field-path.ts';
import { answerFrom, answerLike } from './mapped-answer.ts';

/** A foreign record as one of ScienceQA's form. */
export interface MappedFields {
  readonly fields: Fields;
  /** Which path each field was read from: `answer` from `correct_choice_idx`, `choices[1]` from `options.B`. */
  readonly places: ReadonlyMap<string, string>;
  /** A choice as JSON, in the form in which the record writes its answer. */
  readonly answerText: (choice: number) => string;
}

/** Reads a record's fields from where the map says that they stand. */
export function mapFields(fields: Fields, { from, indexBase }: FieldMap): MappedFields {
  const read: Record<string, unknown> = { ...fields };
  const places = new Map<string, string>();
  for (const [field, source] of from) {
    const [first] = typeof source === 'string' ? [source] : source;
    places.set(field, firstPath(first ?? field));
    if (field === 'choices') {
      const { values, paths } = choicesFrom(fields, source);
      read.choices = values;
      paths.forEach((path, index) => {
        places.set(`choices[${index}]`, path);
      });
    } else if (typeof source === 'string') {
      read[field] = isTemplate(source) ? fillTemplate(fields, source) : plain(field, valueAt(fields, source));
    }
  }
  const { answer } = read;
  const choices = Array.isArray(read.choices) ? read.choices : [];
  read.answer = answerFrom(answer, choices, indexBase);
  return {
    fields: read,
    places,
    answerText: (choice) => answerLike(answer, choice, choices, indexBase),
  };
}

/** The choices and the path of each: a list, an object by letter, or fields of their own, of which the last may be empty. */
function choicesFrom(
  fields: Fields,
  source: string | readonly string[],
): { readonly values: unknown; readonly paths: readonly string[] } {
  if (typeof source !== 'string') {
    const all = source.map((path) => valueAt(fields, path));
    const last = all.findLastIndex((value) => value !== undefined && value !== null && value !== '');
    return { values: all.slice(0, last + 1), paths: source.slice(0, last + 1) };
  }
  const values = valueAt(fields, source);
  if (Array.isArray(values)) return { values, paths: values.map((_value, index) => `${source}[${index}]`) };
  if (typeof values !== 'object' || values === null) return { values, paths: [] };
  return { values: Object.values(values), paths: Object.keys(values).map((key) => `${source}.${key}`) };
}

/** Numbers and lists of texts as text, where the record's field is a text. */
function plain(field: string, value: unknown): unknown {
  if (field === 'answer') return value;
  if (typeof value === 'number') return String(value);
  const isTexts = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
  return isTexts ? value.join('\n') : value;
}
