import { columnsOf, EPSILON, numberIn, sizeIn } from '../tables/columns.ts';
import type { ResultsTable, TableColumn, TableRow } from '../tables/types.ts';
import type { TableRule } from '../types.ts';

export const wrongMean: TableRule = {
  id: 'wrong-mean',
  scope: 'table',
  severity: 'warning',
  docs: {
    what: 'A row of means that does not follow from the rows above it, plainly or weighted by n.',
    why: 'A mean that does not recompute was taken of other rows or other numbers than those shown, or was not updated with them.',
    example: '| Topic | Accuracy |\n| --- | --- |\n| physics | 80.0 |\n| biology | 90.0 |\n| Mean | 87.0 |',
    fix: 'Compute it again. Where it is a mean over records, add a column n, by which the rows are weighted.',
  },
  *check({ table }) {
    const sizes = columnsOf(table, 'n')[0] ?? null;
    for (const { row, above } of means(table)) {
      for (const column of table.columns) {
        const mean = numberIn(row, column);
        if (!mean || column.measure === 'n') continue;
        const wanted = meansOf(above, column, sizes, row.kind === 'overall');
        const isRight = wanted.some(
          ({ value, slack }) => Math.abs(value - mean.number.value) <= slack + mean.number.slack + EPSILON,
        );
        if (wanted.length === 0 || isRight) continue;
        const values = wanted.map(({ value, how }) => `${value.toFixed(mean.number.digits + 1)}${how}`);
        yield {
          message: `${row.label} says ${mean.text} for ${column.title}; the ${above.length} rows above give ${values.join(' or ')}.`,
          span: mean.span,
          field: column.title,
          evidence: mean.text,
        };
      }
    }
  },
};

interface Mean {
  readonly value: number;
  /** How far the rounding of what it is made of may have moved it. */
  readonly slack: number;
  readonly how: string;
}

/** Rows that say to be a mean, with the results since the last such row. */
function means({ rows }: ResultsTable): { row: TableRow; above: TableRow[] }[] {
  const found: { row: TableRow; above: TableRow[] }[] = [];
  let above: TableRow[] = [];
  let isClosed = false;
  for (const row of rows) {
    if (row.kind === 'result') {
      if (isClosed) above = [];
      isClosed = false;
      above = [...above, row];
    } else if (row.kind !== 'summary') {
      found.push({ row, above });
      isClosed = true;
    }
  }
  return found;
}

/** What the mean of a column may be; "overall" is one over records, so it takes their numbers. */
function meansOf(
  rows: readonly TableRow[],
  column: TableColumn,
  sizes: TableColumn | null,
  isOverall: boolean,
): Mean[] {
  const numbers = rows.flatMap((row) => numberIn(row, column)?.number ?? []);
  if (numbers.length < 2) return [];
  const weights = rows.flatMap((row) => (numberIn(row, column) ? (sizeIn(row, sizes) ?? []) : []));
  const isWeighted = weights.length === numbers.length;
  const meanBy = (weightOf: (index: number) => number, how: string): Mean => {
    const total = numbers.reduce((sum, _, index) => sum + weightOf(index), 0);
    const over = (of: 'value' | 'slack') =>
      numbers.reduce((sum, number, index) => sum + number[of] * weightOf(index), 0) / total;
    return { value: over('value'), slack: over('slack'), how };
  };
  return [
    ...(isOverall && !isWeighted ? [] : [meanBy(() => 1, '')]),
    ...(isWeighted ? [meanBy((index) => weights[index] as number, ' weighted by n')] : []),
  ];
}
