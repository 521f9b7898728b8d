import { createHash } from 'node:crypto';
import type { DatasetRecord } from './types.ts';

/** Which records a run is made on: `n` of them, drawn with `seed`. */
export interface Sample {
  readonly n: number;
  readonly seed: number;
}

/**
 * A sample that holds each topic in proportion to its share of the records: places by largest remainder (Hamilton's
 * method), ties going to the larger topic. Within a topic the records with the smallest hash of seed and id are
 * taken, so that it is the same on every machine and in any order of the file, and another record added or edited
 * moves few of the others. The sample is in the order of the records; all of them when there are no more than `n`.
 *
 * @param recordOf what each item stands for
 */
export function stratifiedSample<Item>(
  items: readonly Item[],
  recordOf: (item: Item) => DatasetRecord,
  { n, seed }: Sample,
): Item[] {
  if (items.length <= n) return [...items];
  const topics = [...Map.groupBy(items, (item) => recordOf(item).topic)];
  const places = largestRemainder(
    topics.map(([name, members]) => ({ name, size: members.length })),
    n,
  );
  const taken = new Set(
    topics.flatMap(([name, members]) => firstByHash(members, recordOf, seed, places.get(name) as number)),
  );
  return items.filter((item) => taken.has(item));
}

function largestRemainder(
  strata: readonly { readonly name: string; readonly size: number }[],
  n: number,
): ReadonlyMap<string, number> {
  const total = strata.reduce((sum, { size }) => sum + size, 0);
  const places = new Map(strata.map(({ name, size }) => [name, Math.floor((n * size) / total)]));
  const left = n - [...places.values()].reduce((sum, count) => sum + count, 0);
  // In whole numbers, so that equal remainders are equal.
  const byRemainder = strata
    .map((stratum) => ({ ...stratum, remainder: (n * stratum.size) % total }))
    .sort((a, b) => b.remainder - a.remainder || b.size - a.size || (a.name < b.name ? -1 : 1));
  for (const { name } of byRemainder.slice(0, left)) places.set(name, (places.get(name) as number) + 1);
  return places;
}

function firstByHash<Item>(
  items: readonly Item[],
  recordOf: (item: Item) => DatasetRecord,
  seed: number,
  most: number,
): Item[] {
  return byHash(items, (item) => recordOf(item).id, seed).slice(0, most);
}

/** The items in an order that depends on nothing but seed and ids: the same on every machine, another with each seed. */
export function byHash<Item>(items: readonly Item[], idOf: (item: Item) => string, seed: number): Item[] {
  return items
    .map((item) => ({
      item,
      hash: createHash('sha256')
        .update(`${seed}\n${idOf(item)}`)
        .digest('hex'),
    }))
    .sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0))
    .map(({ item }) => item);
}
