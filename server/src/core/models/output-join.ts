import type { DatasetRecord } from '../records/types.ts';
import { type ForeignOutput, ID_FIELDS, ROW_FIELDS } from './output-fields.ts';

/** What has to be known of a dataset to find the records of outputs in it. */
export interface RecordTable {
  readonly count: number;
  has(id: string): boolean;
}

/** How the record of an output is found: by an id, by the record's number in a field, or by the line itself. */
export interface JoinWay {
  readonly kind: 'id' | 'row' | 'line';
  /** The field, or `line`. */
  readonly by: string;
}

/** A record as an output names it: by its id, or by its number counted from 0. */
export type RecordName = { readonly id: string } | { readonly row: number };

/** How outputs were matched with records. */
export interface Join {
  /** `id`, `pid`, `index`, … or `line` for the n-th output with the n-th record. */
  readonly by: string;
  /** For each output, the index of its record, or null. */
  readonly records: readonly (number | null)[];
  readonly matched: number;
}

/**
 * The way that matches most outputs: by id, by row index, or, when they name no
 * records at all and the counts are equal, by line. Ties go to the earlier. Null when nothing matches.
 *
 * @param lines how many outputs the whole file has
 */
export function chooseWay(
  outputs: readonly ForeignOutput[],
  records: RecordTable,
  lines = outputs.length,
): { readonly way: JoinWay; readonly matched: number } | null {
  const present = (names: readonly string[]) =>
    names.filter((name) => outputs.some(({ fields }) => name in fields));
  const ways: JoinWay[] = [
    ...present(ID_FIELDS).map((by) => ({ kind: 'id', by }) as const),
    ...present(ROW_FIELDS).map((by) => ({ kind: 'row', by }) as const),
  ];
  // Outputs that name records name none of another dataset's, however many it has.
  if (ways.length === 0 && lines === records.count) ways.push({ kind: 'line', by: 'line' });
  let best: { way: JoinWay; matched: number } | null = null;
  for (const way of ways) {
    const matched = outputs.filter((output) => isThere(nameOf(output, way), records)).length;
    if (matched > (best?.matched ?? 0)) best = { way, matched };
  }
  return best;
}

/** The record that an output names in this way, whether there is one or not; null when it names none. */
export function nameOf({ row, fields }: ForeignOutput, { kind, by }: JoinWay): RecordName | null {
  if (kind === 'line') return { row };
  const value = fields[by];
  if (kind === 'id') return value === undefined ? null : { id: String(value) };
  const index = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 ? { row: index } : null;
}

function isThere(name: RecordName | null, records: RecordTable): boolean {
  if (!name) return false;
  return 'id' in name ? records.has(name.id) : name.row < records.count;
}

/** Finds the record of each output. Of records with the same id the last one is found. */
export function joinOutputs(outputs: readonly ForeignOutput[], records: readonly DatasetRecord[]): Join {
  const byId = new Map(records.map((record, index) => [record.id, index]));
  const table = { count: records.length, has: (id: string) => byId.has(id) };
  const best = chooseWay(outputs, table);
  if (!best) return { by: 'nothing', records: outputs.map(() => null), matched: 0 };
  const indexOf = (output: ForeignOutput) => {
    const name = nameOf(output, best.way);
    if (!name) return null;
    const index = 'row' in name ? name.row : byId.get(name.id);
    return index !== undefined && index < records.length ? index : null;
  };
  return { by: best.way.by, records: outputs.map(indexOf), matched: best.matched };
}
