import { columnsOf, EPSILON, numberIn, partner, sizeIn } from '../tables/columns.ts';
import type { PrintedNumber, ResultsTable, TableColumn } from '../tables/types.ts';
import type { TableRule } from '../types.ts';

export const impossibleAccuracy: TableRule = {
  id: 'impossible-accuracy',
  scope: 'table',
  severity: 'error',
  docs: {
    what: 'An accuracy that no whole number of right answers gives, out of the n beside it, rounded or cut off as it is printed.',
    why: 'An accuracy is a count divided by n. One that cannot be had was taken of another number of records, or is a mistake; it must not be compared with the others.',
    example: '| Model | n | Accuracy |\n| --- | --- | --- |\n| ViLT | 94 | 42.35 |',
    fix: 'Find out how many records were counted: those without an output may have been left out. Print the number of right answers and n.',
  },
  *check({ table }) {
    for (const column of columnsOf(table, 'accuracy')) {
      const sizes = sizesFor(table, column);
      for (const row of table.rows) {
        const accuracy = numberIn(row, column);
        const n = sizeIn(row, sizes);
        if (!accuracy || n === null || row.kind !== 'result' || accuracy.number.isMean) continue;
        if (isShareOf(n, accuracy.number, column.whole)) continue;
        yield {
          message: `${accuracy.text} is no share of ${n}: ${nearest(n, accuracy.number, column.whole)}.`,
          span: accuracy.span,
          field: column.title,
          evidence: accuracy.text,
        };
      }
    }
  },
};

/** The numbers of records that go with an accuracy: by their words, or because there is only one of each. */
function sizesFor(table: ResultsTable, column: TableColumn): TableColumn | null {
  const [only, ...others] = columnsOf(table, 'n');
  const isAlone = others.length === 0 && columnsOf(table, 'accuracy').length === 1;
  return partner(table, column, 'n') ?? (isAlone ? (only ?? null) : null);
}

/**
 * Whether some count of n is printed like this (Brown and Heathers, 2017, "The GRIM test", for means of counts).
 * Digits cut off instead of rounded are common, so both are taken.
 */
function isShareOf(n: number, { value, slack }: PrintedNumber, whole: number): boolean {
  const least = Math.max(0, Math.ceil(((value - slack - EPSILON) / whole) * n));
  return least <= n && (least / n) * whole <= value + 2 * slack + EPSILON;
}

function nearest(n: number, { value, digits }: PrintedNumber, whole: number): string {
  const below = Math.floor((value / whole) * n);
  return (
    [below, below + 1]
      .filter((count) => count >= 0 && count <= n)
      .map((count) => `${count} of ${n} is ${((count / n) * whole).toFixed(digits)}`)
      .join(', ') || `the most is ${whole}`
  );
}
