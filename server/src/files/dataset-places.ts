/** Where the dataset of an outputs file or a prompt file is looked for when nobody has named it. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { looksLikeDataset } from '../core/pipeline/shapes.ts';
import { DatasetDocument } from '../core/records/document.ts';
import type { ReadAs } from '../core/records/read-as.ts';
import { isWithin } from './patterns.ts';

/** So many folders above a file that lies outside the workspace are searched. */
const FOLDERS_UP = 3;
/** So many JSON files of a folder are looked into; a folder of one file a record holds no dataset file. */
const MOST_FILES = 40;
/** A dataset shows what it is within its first records. Bytes. */
const HEAD_BYTES = 256 * 1024;
/** What datasets are called, likeliest first. */
const USUAL_NAMES = ['problems', 'dataset', 'data', 'test', 'val', 'validation', 'dev', 'train'];

/** The folders in which the dataset of a file may lie: its own, then those above it in the workspace. */
export function foldersNear(path: string, folders: readonly string[]): string[] {
  const root = folders.find((folder) => isWithin(folder, path));
  const near = [dirname(path)];
  for (;;) {
    const last = near.at(-1) as string;
    const above = dirname(last);
    if (above === last || last === root || (root === undefined && near.length > FOLDERS_UP)) return near;
    near.push(above);
  }
}

/** The files of a folder that look like datasets, likeliest first. Never throws. */
export function datasetsIn(folder: string, except: string, readAs: (path: string) => ReadAs): string[] {
  return jsonFiles(folder)
    .filter((path) => path !== except && headLooksLikeDataset(path, readAs(path)))
    .sort((a, b) => rank(a) - rank(b));
}

function jsonFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.jsonl?$/i.test(entry.name))
      .slice(0, MOST_FILES)
      .map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

function headLooksLikeDataset(path: string, readAs: ReadAs): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = new Uint8Array(HEAD_BYTES);
      const head = bytes.subarray(0, readSync(file, bytes));
      return looksLikeDataset(DatasetDocument.create(new TextDecoder().decode(head), readAs));
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

function rank(path: string): number {
  const place = USUAL_NAMES.indexOf(basename(path, extname(path)).toLowerCase());
  return place === -1 ? USUAL_NAMES.length : place;
}
