/** Which fields of a foreign record stand for those of ours: the setting `rationale.fields`. */
import { similarNames } from '../similar-name.ts';
import { quote } from '../text.ts';
import { enclosingPaths, firstPath, isPath, isTemplate } from './field-path.ts';

/** The fields of a record that may stand under another name. */
export const MAPPED_FIELDS = [
  ...['id', 'question', 'choices', 'answer', 'hint', 'image', 'caption', 'task', 'grade'],
  ...['subject', 'topic', 'category', 'skill', 'lecture', 'solution', 'split'],
] as const;

const INDEX_BASE = 'indexBase';

/** Where the fields of a dataset's records stand; what is not named stands under its own name. */
export interface FieldMap {
  /** By field: a path, a text with paths in it, or a list of paths, one for each choice. */
  readonly from: ReadonlyMap<string, string | readonly string[]>;
  /** The number by which a numeric answer calls the first choice. */
  readonly indexBase: 0 | 1;
}

/** A field map as it was read; null, with a sentence for each reason, when it cannot be used. */
export type ReadFieldMap =
  | { readonly map: FieldMap; readonly problems: readonly [] }
  | { readonly map: null; readonly problems: readonly string[] };

/** Reads `{"question": "query", "choices": ["A", "B"], "answer": "label", "indexBase": 1}`. */
export function readFieldMap(value: unknown): ReadFieldMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { map: null, problems: ['A field map must be an object of names and paths.'] };
  }
  const { [INDEX_BASE]: base = 0, ...named } = value as Record<string, unknown>;
  const problems = Object.entries(named).flatMap(([field, from]) => problemOf(field, from) ?? []);
  if (base !== 0 && base !== 1) problems.push(`${quote(INDEX_BASE)} must be 0 or 1.`);
  if (problems.length > 0) return { map: null, problems };
  const from = new Map(Object.entries(named as Record<string, string | readonly string[]>));
  return { map: { from, indexBase: base as 0 | 1 }, problems: [] };
}

/** Reads field maps by path or pattern, as the setting holds them; those that cannot be used are left out. */
export function readFieldMaps(value: unknown): {
  readonly maps: Readonly<Record<string, FieldMap>>;
  readonly problems: readonly string[];
} {
  if (value === undefined || value === null) return { maps: {}, problems: [] };
  if (typeof value !== 'object' || Array.isArray(value)) {
    return { maps: {}, problems: ['"rationale.fields" must be an object of field maps by path or pattern.'] };
  }
  const read = Object.entries(value).map(([pattern, map]) => ({ pattern, ...readFieldMap(map) }));
  return {
    maps: Object.fromEntries(read.flatMap(({ pattern, map }) => (map ? [[pattern, map]] : []))),
    problems: read.flatMap(({ pattern, problems }) =>
      problems.map((problem) => `"rationale.fields", ${quote(pattern)}: ${problem}`),
    ),
  };
}

/** True when both say the same. */
export function isSameMap(one: FieldMap | null, other: FieldMap | null): boolean {
  const plain = (map: FieldMap | null) => map && JSON.stringify([...map.from, map.indexBase]);
  return plain(one) === plain(other);
}

/** The names of the fields that hold what the map reads, as they stand in a record itself. */
export function topLevelNames({ from }: FieldMap): string[] {
  const paths = [...from.values()].flat().map(firstPath);
  return paths.map((path) => [...enclosingPaths(path)].at(-1) as string);
}

function problemOf(field: string, from: unknown): string | null {
  if (!(MAPPED_FIELDS as readonly string[]).includes(field)) {
    const [instead] = similarNames(field, MAPPED_FIELDS, 1);
    const way = instead ? `did you mean ${quote(instead)}?` : `it has ${MAPPED_FIELDS.join(', ')}.`;
    return `A record has no field ${quote(field, 40)}: ${way}`;
  }
  const isOne = typeof from === 'string' && (isPath(from) || isTemplate(from));
  const isList = field === 'choices' && Array.isArray(from) && from.every(isPathText);
  if (isOne || isList) return null;
  const list = field === 'choices' ? ', or a list of them' : '';
  return `${quote(field)} must be the path of a field, such as "query" or "rationales[0]"${list}.`;
}

function isPathText(value: unknown): boolean {
  return typeof value === 'string' && isPath(value);
}
