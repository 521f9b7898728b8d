import { resolve } from 'node:path';
import { checkTable } from '../core/annotations/engine.ts';
import { tableReader } from '../core/annotations/tables/read.ts';
import { readTextFile } from '../files/text-file.ts';
import type { CheckedFile } from './formats/checked.ts';
import { placeIn, placeText } from './formats/place.ts';
import { workspaceRules } from './settings.ts';

/** Whether a file holds tables of results rather than a dataset: its name tells. */
export function isTableFile(file: string): boolean {
  return tableReader(file) !== null;
}

/** What the table rules say of a file; that it holds no table, or a row that cannot be read, is said on stderr. */
export function checkResultsTables(file: string): CheckedFile {
  const text = readTextFile(file);
  const { tables, problems } = tableReader(file)?.(text) ?? { tables: [], problems: [] };
  for (const { message, offset } of problems) {
    process.stderr.write(`${placeText(placeIn(file, text, { start: offset, end: offset }))} ${message}\n`);
  }
  if (tables.length === 0) process.stderr.write(`${file} holds no table, so nothing in it was checked.\n`);
  const rules = workspaceRules(resolve(file));
  const findings = tables.flatMap((table) =>
    checkTable({ table }, rules).map((finding) => ({
      finding,
      ...placeIn(file, text, finding.span),
    })),
  );
  return { file, records: [], findings };
}
