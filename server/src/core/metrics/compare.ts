import { type PairedDifference, pairedBootstrap } from './bootstrap.ts';
import { cohensKappa, type Kappa } from './kappa.ts';
import { exactMcNemar, type McNemar } from './mcnemar.ts';
import { hasGold, type JudgedRecord } from './report.ts';
import { share } from './share.ts';
import type { Share } from './types.ts';

/** A record that both runs answered. */
export type SharedRecord<Item extends JudgedRecord = JudgedRecord> = readonly [Item, Item];

/** Two runs, A and B, on the records that both answered. */
export interface Comparison<Item extends JudgedRecord = JudgedRecord> {
  /** Records that both answered. */
  readonly shared: number;
  /** Records that only one of the two answered, or that the two answered in another wording. */
  readonly onlyInA: number;
  readonly onlyInB: number;
  /** Correct / shared records with a gold answer. */
  readonly accuracyA: Share;
  readonly accuracyB: Share;
  /** B − A over the same records, as a share; null with fewer than two. */
  readonly difference: PairedDifference | null;
  readonly mcnemar: McNemar;
  /** Who is right, on the shared records with a gold answer. */
  readonly rightness: Rightness;
  /** Of the choices that the two say, where both say one. */
  readonly kappa: Kappa;
  /** The shared records of which the two are read differently, in A's order. */
  readonly differing: readonly SharedRecord<Item>[];
}

export interface Rightness {
  readonly n: number;
  readonly both: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly neither: number;
}

/**
 * Holds two runs against each other on the records that both answered: same id, and the same question, choices,
 * image and gold answer. Of an id that occurs more than once, the first record counts.
 */
export function compare<Item extends JudgedRecord>(a: readonly Item[], b: readonly Item[]): Comparison<Item> {
  const [byIdA, byIdB] = [firstById(a), firstById(b)];
  const shared = [...byIdA.values()].flatMap((item): SharedRecord<Item>[] => {
    const other = byIdB.get(item.record.id);
    return other && isSameRecord(item, other) ? [[item, other]] : [];
  });
  const graded = shared.filter(([{ record }]) => hasGold(record));
  const rightness = rightnessOf(graded);
  const { n, both, onlyA, onlyB } = rightness;
  return {
    shared: shared.length,
    onlyInA: byIdA.size - shared.length,
    onlyInB: byIdB.size - shared.length,
    accuracyA: share(both + onlyA, n),
    accuracyB: share(both + onlyB, n),
    difference: pairedBootstrap(
      graded.map(([item]) => Number(isRight(item))),
      graded.map(([, item]) => Number(isRight(item))),
    ),
    mcnemar: exactMcNemar(onlyA, onlyB),
    rightness,
    kappa: cohensKappa(shared.flatMap(bothChoices)),
    differing: shared.filter(([first, second]) => choiceOf(first) !== choiceOf(second)),
  };
}

function firstById<Item extends JudgedRecord>(items: readonly Item[]): ReadonlyMap<string, Item> {
  const first = new Map<string, Item>();
  for (const item of items) if (!first.has(item.record.id)) first.set(item.record.id, item);
  return first;
}

function isSameRecord({ record: a }: JudgedRecord, { record: b }: JudgedRecord): boolean {
  return (
    a === b ||
    (a.question === b.question &&
      a.answer === b.answer &&
      a.image === b.image &&
      a.choices.length === b.choices.length &&
      a.choices.every((choice, index) => choice === b.choices[index]))
  );
}

function rightnessOf(graded: readonly SharedRecord[]): Rightness {
  const counts = { n: graded.length, both: 0, onlyA: 0, onlyB: 0, neither: 0 };
  for (const [a, b] of graded) {
    counts[isRight(a) ? (isRight(b) ? 'both' : 'onlyA') : isRight(b) ? 'onlyB' : 'neither']++;
  }
  return counts;
}

function bothChoices([a, b]: SharedRecord): [number, number][] {
  const [first, second] = [choiceOf(a), choiceOf(b)];
  return first === null || second === null ? [] : [[first, second]];
}

function choiceOf({ judgement }: JudgedRecord): number | null {
  return judgement.reading.choice;
}

function isRight({ judgement }: JudgedRecord): boolean {
  return judgement.verdict === 'correct';
}
