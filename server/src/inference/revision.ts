import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Digests by path, as long as size and time of the file stay the same. */
const known = new Map<string, { readonly state: string; readonly digest: string }>();

/** Content address of a set of files in a folder: sha256 over their names and contents. Absent files do not count. */
export async function revisionOf(folder: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    const digest = await digestOf(join(folder, file));
    if (digest) hash.update(`${file} ${digest}\n`);
  }
  return hash.digest('hex');
}

async function digestOf(path: string): Promise<string | null> {
  const stats = await stat(path).catch(() => null);
  if (!stats) return null;
  const state = `${stats.size} ${stats.mtimeMs}`;
  const before = known.get(path);
  if (before?.state === state) return before.digest;
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  const digest = hash.digest('hex');
  known.set(path, { state, digest });
  return digest;
}
