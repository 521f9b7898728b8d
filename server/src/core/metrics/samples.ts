import { passAtK } from './pass-at-k.ts';
import { hasGold, type JudgedRecord } from './report.ts';

/** How often a record is got right when a model may answer it more than once. */
export interface PassAt {
  /** Records with a gold answer. */
  readonly records: number;
  /** Outputs that each of them has at least; no k is larger. */
  readonly outputs: number;
  /** Means over the records, 0 to 1, for k = 1, 2, 4, … and `outputs`. */
  readonly values: readonly { readonly k: number; readonly value: number }[];
}

/** pass@k of outputs of which several belong to each record; null when some record has only one. */
export function passAt(items: readonly JudgedRecord[]): PassAt | null {
  const groups = [
    ...Map.groupBy(
      items.filter(({ record }) => hasGold(record)),
      ({ record }) => record.id,
    ).values(),
  ];
  const outputs = groups.reduce((least, group) => Math.min(least, group.length), Number.POSITIVE_INFINITY);
  if (groups.length === 0 || outputs < 2) return null;
  const values = sizes(outputs).map((k) => ({
    k,
    value: groups.reduce((sum, group) => sum + passAtK(group.length, rightOf(group), k), 0) / groups.length,
  }));
  return { records: groups.length, outputs, values };
}

/** Powers of two up to `most`, and `most` itself. */
function sizes(most: number): number[] {
  const powers: number[] = [];
  for (let k = 1; k < most; k *= 2) powers.push(k);
  return [...powers, most];
}

function rightOf(group: readonly JudgedRecord[]): number {
  return group.filter(({ judgement }) => judgement.verdict === 'correct').length;
}
