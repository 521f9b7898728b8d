import type { SplitTable } from '../../records/types.ts';
import { count, quote } from '../../text.ts';
import type { RecordRule, Report } from '../types.ts';

/** So many of the ids that no record has are named. */
const MOST_NAMED = 5;

export const unknownSplitId: RecordRule = {
  id: 'unknown-split-id',
  scope: 'record',
  severity: 'warning',
  reads: ['split'],
  docs: {
    what: 'A record that pid_splits.json does not list, or lists under other splits than the one the record names; and, on the first line of the dataset, ids that pid_splits.json lists and no record has.',
    why: 'Some tools choose records by pid_splits.json, others by the field: they train and test on different records under the same name.',
    example:
      '"7": { "question": "Which is a metal?", "split": "test" }, with { "train": ["7"] } in pid_splits.json',
    fix: 'List the record in pid_splits.json under its split, or correct its "split". Take ids out of the list that no record has, or put their records back.',
  },
  check({ source, splits }) {
    if (!splits) return [];
    const { id, split } = source.record;
    const listed = splitsById(splits).get(id);
    if (!listed) {
      return [
        { message: `No split of pid_splits.json lists the record ${quote(id, 40)}.`, span: source.idSpan },
      ];
    }
    if (split === null || listed.includes(split)) return [];
    const under = listed.map((name) => quote(name)).join(', ');
    return [
      {
        message: `The record says ${quote(split)}, but pid_splits.json lists it under ${under}.`,
        span: source.fields.get('split')?.value ?? source.idSpan,
        field: 'split',
      },
    ];
  },
};

/** The ids that pid_splits.json lists and no record has, each once. */
export function idsWithoutRecord(splits: SplitTable, hasRecord: (id: string) => boolean): string[] {
  return [...splitsById(splits).keys()].filter((id) => !hasRecord(id));
}

/** The report on such ids, at the start of the dataset. */
export function reportIdsWithoutRecord(ids: readonly string[]): Report {
  const named = ids.slice(0, MOST_NAMED).map((id) => quote(id, 40));
  const left = ids.length - named.length;
  const list = named.join(', ') + (left > 0 ? ` and ${count(left, 'other')}` : '');
  return {
    message: `No record has ${ids.length === 1 ? 'this id' : `these ${ids.length} ids`} of pid_splits.json: ${list}.`,
    span: { start: 0, end: 1 },
  };
}

const known = new WeakMap<SplitTable, ReadonlyMap<string, readonly string[]>>();

function splitsById(table: SplitTable): ReadonlyMap<string, readonly string[]> {
  const cached = known.get(table);
  if (cached) return cached;
  const byId = new Map<string, string[]>();
  for (const [split, ids] of table) {
    for (const id of ids) {
      const splits = byId.get(id);
      if (splits) splits.push(split);
      else byId.set(id, [split]);
    }
  }
  known.set(table, byId);
  return byId;
}
