import Table from 'cli-table3';
import {
  byModel,
  columns,
  heading,
  legend,
  type MatrixTable,
  matrixTable,
} from '../../core/pipeline/matrix-tables.ts';
import type { MatrixResult } from '../../core/pipeline/matrix-types.ts';

export type MatrixFormat = 'text' | MatrixTable;
export const MATRIX_FORMATS: readonly MatrixFormat[] = ['text', 'json', 'jsonl', 'csv', 'markdown'];

/** What `matrix` prints. */
export function matrixOutput(result: MatrixResult, format: MatrixFormat): string {
  return format === 'text' ? text(result) : matrixTable(result, format);
}

function text(result: MatrixResult): string {
  const shown = columns(result.cells);
  const tables = byModel(result).map(([model, cells]) => {
    const table = new Table({
      head: shown.map(({ title }) => title),
      style: { head: [], border: [], compact: true },
      colAligns: shown.map(({ isNumber }) => (isNumber ? 'right' : 'left')),
    });
    for (const cell of cells) table.push(shown.map(({ of }) => of(cell)));
    return `${model}\n${table.toString()}`;
  });
  return `${[heading(result), ...tables, ...legend(result)].join('\n')}\n`;
}
