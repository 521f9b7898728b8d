import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readTextFile } from './text-file.ts';

const FILE = 'captions.json';
/** In ScienceQA's layout the captions speak of this file's images. */
const OF = 'problems.json';

/** What `captions.json` beside a dataset says: what images show, by record id. */
export interface Captions {
  /** Null when there is no such file, or none that can be used. */
  readonly captions: ReadonlyMap<string, string> | null;
  /** One sentence when the file is there and cannot be used. */
  readonly problem: string | null;
}

const NONE: Captions = { captions: null, problem: null };
/** By path, as long as the file is the same: who asks twice gets the same object. */
const known = new Map<string, { readonly stamp: string; readonly read: Captions }>();

/** Reads the captions of a `problems.json`: `{"captions": {"1": "A dog."}}`, or that object alone. Never throws. */
export function readCaptions(datasetPath: string): Captions {
  if (basename(datasetPath) !== OF) return NONE;
  const path = join(dirname(datasetPath), FILE);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return NONE;
  const stamp = `${stat.mtimeMs} ${stat.size}`;
  const before = known.get(path);
  if (before?.stamp === stamp) return before.read;
  const read = readFile(path);
  known.set(path, { stamp, read });
  return read;
}

function readFile(path: string): Captions {
  try {
    const file: unknown = JSON.parse(readTextFile(path));
    const table = isObject(file) && isObject(file.captions) ? file.captions : file;
    if (!isObject(table)) return unusable(path, 'it must be an object of captions by id');
    const texts = Object.entries(table).flatMap(([id, text]) =>
      typeof text === 'string' ? [[id, text] as const] : [],
    );
    if (texts.length === 0) return unusable(path, 'it holds no caption as a text');
    return { captions: new Map(texts), problem: null };
  } catch (error) {
    return unusable(path, error instanceof Error ? error.message : String(error));
  }
}

function unusable(path: string, why: string): Captions {
  return { captions: null, problem: `The captions in ${path} are not used: ${why}.` };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
