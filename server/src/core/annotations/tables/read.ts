import { readCsvTable } from './csv.ts';
import { readMarkdownTables } from './markdown.ts';
import type { ReadTables } from './types.ts';

/** Who reads the tables of which files, by the ending of their name. */
const READERS: Readonly<Record<string, (text: string) => ReadTables>> = {
  csv: readCsvTable,
  tsv: readCsvTable,
  md: readMarkdownTables,
  markdown: readMarkdownTables,
};

/** What reads the tables of a file of that name; null when the file is no table. */
export function tableReader(name: string): ((text: string) => ReadTables) | null {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(READERS, ending) ? (READERS[ending] as (text: string) => ReadTables) : null;
}
