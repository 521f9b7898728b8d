import type { DatasetRecord, SplitTable } from './types.ts';

const byIdOf = new WeakMap<SplitTable, ReadonlyMap<string, string>>();

/** The split a record belongs to: as it says itself, else as `pid_splits.json` says, else null. */
export function splitOf(record: DatasetRecord, table: SplitTable | null): string | null {
  return record.split ?? (table && splitsById(table).get(record.id)) ?? null;
}

function splitsById(table: SplitTable): ReadonlyMap<string, string> {
  let byId = byIdOf.get(table);
  if (!byId) {
    byId = new Map([...table].flatMap(([split, ids]) => ids.map((id) => [id, split] as const)));
    byIdOf.set(table, byId);
  }
  return byId;
}
