import Papa from 'papaparse';
import { type RawCell, resultsTable } from './table.ts';
import type { ReadTables } from './types.ts';

/**
 * The table of a CSV text: fields apart by commas, semicolons or tabs, quoted as RFC 4180 has it, headings first.
 * Never throws.
 */
export function readCsvTable(text: string): ReadTables {
  const rows: RawCell[][] = [];
  const problems: { message: string; offset: number }[] = [];
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  let rowStart = start;
  Papa.parse<string[]>(text.slice(start), {
    delimitersToGuess: [',', ';', '\t'],
    step: ({ data, errors, meta }) => {
      const offset = rowStart;
      rowStart = start + meta.cursor;
      for (const error of errors.filter(({ type }) => type === 'Quotes')) {
        problems.push({ message: sentence(error.message), offset });
      }
      if (data.some((cell) => cell.trim() !== '')) rows.push(cellsOf(text, offset, data, meta.delimiter));
    },
  });
  return { tables: rows.length > 1 ? [resultsTable(rows)] : [], problems };
}

/** Where the cells of a row stand: each is written as it is, or in quotes with those within doubled. */
function cellsOf(text: string, offset: number, cells: readonly string[], delimiter: string): RawCell[] {
  let start = offset;
  return cells.map((cell) => {
    const isQuoted = text[start] === '"';
    const length = isQuoted ? cell.replaceAll('"', '""').length + 2 : cell.length;
    const end = Math.min(start + length, text.length);
    const span = isQuoted ? { start: start + 1, end: Math.max(start + 1, end - 1) } : { start, end };
    start = end + delimiter.length;
    return { text: cell.trim(), span };
  });
}

function sentence(message: string): string {
  return `This row is not well-formed CSV: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`;
}
