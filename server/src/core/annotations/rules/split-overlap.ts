import type { SplitTable } from '../../records/types.ts';
import { quote } from '../../text.ts';
import type { RecordRule } from '../types.ts';

/** What the names of splits say that they are for. "trainval" is for both. */
const PURPOSES = [/train/i, /val|dev/i, /test/i];

export const splitOverlap: RecordRule = {
  id: 'split-overlap',
  scope: 'record',
  severity: 'warning',
  reads: [],
  docs: {
    what: 'A record that pid_splits.json lists in two splits that should have nothing in common, such as "train" and "test". Splits for the same purpose may overlap ("train", "minitrain", "trainval"), and so may a split and a larger one that holds all of it ("all").',
    why: 'The very same record is learned from and tested with: the accuracy on the test split is too high.',
    example:
      '"7": { "question": "Which is a metal?" }, with { "train": ["7", "8"], "test": ["7", "9"] } in pid_splits.json',
    fix: 'Take the id out of one of the two lists in pid_splits.json.',
  },
  check({ source, splits }) {
    const pair = splits && overlapsOf(splits).get(source.record.id);
    if (!pair) return [];
    const [first, second] = pair.map((name) => quote(name, 40));
    return [
      {
        message: `The record is in two splits of pid_splits.json: ${first} and ${second}.`,
        span: source.idSpan,
      },
    ];
  },
};

type Pair = readonly [string, string];

const known = new WeakMap<SplitTable, ReadonlyMap<string, Pair>>();

/** By id, the first two splits that list it and should not. */
function overlapsOf(table: SplitTable): ReadonlyMap<string, Pair> {
  const cached = known.get(table);
  if (cached) return cached;
  const overlaps = new Map<string, Pair>();
  const splits = [...table].map(([name, ids]) => ({ name, ids: new Set(ids) }));
  for (const [i, first] of splits.entries()) {
    for (const second of splits.slice(i + 1)) {
      if (mayOverlap(first, second)) continue;
      for (const id of first.ids) {
        if (second.ids.has(id) && !overlaps.has(id)) overlaps.set(id, [first.name, second.name]);
      }
    }
  }
  known.set(table, overlaps);
  return overlaps;
}

interface Split {
  readonly name: string;
  readonly ids: ReadonlySet<string>;
}

function mayOverlap(a: Split, b: Split): boolean {
  const [forA, forB] = [a, b].map(({ name }) => PURPOSES.filter((purpose) => purpose.test(name)));
  if (forA?.length && forB?.length) return forA.some((purpose) => forB.includes(purpose));
  return a.ids.isSubsetOf(b.ids) || b.ids.isSubsetOf(a.ids);
}
