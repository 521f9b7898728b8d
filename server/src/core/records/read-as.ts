import { type FieldMap, isSameMap } from './field-map.ts';

/** What a dataset's records are read by besides its own text. */
export interface ReadAs {
  /** Where the records' fields stand; null when under their own names. */
  readonly map: FieldMap | null;
  /** What images show, by record id: ScienceQA's `captions.json`. A record's own caption comes first. */
  readonly captions: ReadonlyMap<string, string> | null;
}

export const READ_PLAINLY: ReadAs = { map: null, captions: null };

/** True when records read the same either way; captions are compared as objects. */
export function readsAlike(one: ReadAs, other: ReadAs): boolean {
  return one.captions === other.captions && isSameMap(one.map, other.map);
}
