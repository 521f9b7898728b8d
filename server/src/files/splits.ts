import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SplitTable } from '../core/records/types.ts';
import { readTextFile } from './text-file.ts';

const FILE = 'pid_splits.json';
/** In ScienceQA's layout the table speaks of this file; other datasets may lie in the same folder. */
const OF = 'problems.json';

/** What `pid_splits.json` beside a dataset says: the ids of each split. */
export interface Splits {
  /** Null when there is no such file, or none that can be used. */
  readonly splits: SplitTable | null;
  /** One sentence when the file is there and cannot be used. */
  readonly problem: string | null;
}

/** Reads the split table of a `problems.json`. Never throws. */
export function readSplits(datasetPath: string): Splits {
  if (basename(datasetPath) !== OF) return { splits: null, problem: null };
  const path = join(dirname(datasetPath), FILE);
  if (!existsSync(path)) return { splits: null, problem: null };
  try {
    const table: unknown = JSON.parse(readTextFile(path));
    if (!isTable(table)) return unusable(path, 'it must be an object of lists of ids');
    const splits = new Map(Object.entries(table).map(([split, ids]) => [split, ids.map(String)]));
    return { splits, problem: null };
  } catch (error) {
    return unusable(path, error instanceof Error ? error.message : String(error));
  }
}

function unusable(path: string, why: string): Splits {
  return { splits: null, problem: `The splits in ${path} are not used: ${why}.` };
}

function isTable(value: unknown): value is Record<string, (string | number)[]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (ids) => Array.isArray(ids) && ids.every((id) => typeof id === 'string' || typeof id === 'number'),
  );
}
