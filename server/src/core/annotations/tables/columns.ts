import type { PrintedNumber, ResultsTable, TableCell, TableColumn, TableRow } from './types.ts';

/** A rounded sum or quotient may be off by this much in floating point. */
export const EPSILON = 1e-9;

/** The columns of a measure. */
export function columnsOf({ columns }: ResultsTable, measure: TableColumn['measure']): TableColumn[] {
  return columns.filter((column) => column.measure === measure);
}

/** The column of a measure that goes with another column, by the words that they share. */
export function partner(
  table: ResultsTable,
  { group }: TableColumn,
  measure: TableColumn['measure'],
): TableColumn | null {
  return columnsOf(table, measure).find((column) => column.group === group) ?? null;
}

/** A cell that holds a number. */
export interface NumberCell extends TableCell {
  readonly number: PrintedNumber;
}

export function numberIn({ cells }: TableRow, column: TableColumn | null): NumberCell | null {
  const cell = column && cells[column.index];
  return cell?.number ? (cell as NumberCell) : null;
}

/** A number of records: whole, above zero, and no mean of several runs. */
export function sizeIn(row: TableRow, column: TableColumn | null): number | null {
  const number = numberIn(row, column)?.number;
  if (!number || number.digits > 0 || number.isMean || number.value < 1) return null;
  return number.value;
}
