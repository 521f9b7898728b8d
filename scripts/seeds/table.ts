import { share } from '../../server/src/core/metrics/share.ts';
import type { Share } from '../../server/src/core/metrics/types.ts';
import { percentWithInterval } from '../../server/src/core/numbers.ts';

/** What `compare --format json` says of two runs on the records of both, as far as the table needs it. */
export interface Compared {
  readonly comparable: boolean;
  readonly reasons: readonly string[];
  readonly shared: {
    readonly accuracyA: Share;
    readonly accuracyB: Share;
    readonly mcnemar: { readonly n: number; readonly p: number };
  };
}

/** One seed's students: the base student against the distilled one, and that against the teacher. */
export interface SeedResult {
  readonly seed: string;
  readonly distilled: Compared;
  readonly teacher: Compared;
}

const HEAD = ['seed', 'base', 'distilled', 'teacher', 'distilled > base', 'teacher > distilled'];

/** A Markdown table, a row a seed and one of all; `p` is the exact McNemar test's, on the same records. */
export function seedsTable(results: readonly SeedResult[]): string {
  const rows = results.map(({ seed, distilled, teacher }) => [
    seed,
    ...[distilled.shared.accuracyA, distilled.shared.accuracyB, teacher.shared.accuracyB].map(accuracy),
    better(distilled),
    better(teacher),
  ]);
  const pooled = [
    pool(results.map(({ distilled }) => distilled.shared.accuracyA)),
    pool(results.map(({ distilled }) => distilled.shared.accuracyB)),
    // The same teacher each time: pooling it would count its answers more than once.
    results[0]?.teacher.shared.accuracyB,
  ];
  rows.push(['all', ...pooled.map((found) => (found ? accuracy(found) : '–')), '', '']);
  return [HEAD, HEAD.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Whether base < distilled < teacher in every seed, in one sentence. */
export function orderSentence(results: readonly SeedResult[]): string {
  const other = results.filter(({ distilled, teacher }) => !isBetter(distilled) || !isBetter(teacher));
  return other.length === 0
    ? `base < distilled < teacher in ${results.length} of ${results.length} seeds.`
    : `base < distilled < teacher does not hold for seed ${other.map(({ seed }) => seed).join(', ')}.`;
}

function isBetter({ shared: { accuracyA, accuracyB } }: Compared): boolean {
  return accuracyB.value > accuracyA.value;
}

function pool(shares: readonly Share[]): Share {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return share(sum(shares.map(({ count }) => count)), sum(shares.map(({ n }) => n)));
}

function accuracy(found: Share): string {
  return `${percentWithInterval(found)} of ${found.n}`;
}

function better(compared: Compared): string {
  const { p } = compared.shared.mcnemar;
  return `${isBetter(compared) ? 'yes' : 'no'}, p = ${p < 0.001 ? p.toExponential(0) : p.toFixed(3)}`;
}
