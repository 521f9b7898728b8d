import type { SplitTable } from '../../records/types.ts';
import { quote } from '../../text.ts';
import type { RecordRule } from '../types.ts';

export const unknownSplitId: RecordRule = {
  id: 'unknown-split-id',
  scope: 'record',
  severity: 'warning',
  reads: ['split'],
  docs: {
    what: 'A record that pid_splits.json does not list, or lists under other splits than the one the record names.',
    why: 'Some tools choose records by pid_splits.json, others by the field: they train and test on different records under the same name.',
    example:
      '"7": { "question": "Which is a metal?", "split": "test" }, with { "train": ["7"] } in pid_splits.json',
    fix: 'List the record in pid_splits.json under its split, or correct its "split".',
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
