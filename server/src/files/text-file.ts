import { readFileSync, statSync } from 'node:fs';

/** Above this a file is not read whole: a string in V8 ends at about 512 MB. */
const MOST_BYTES = 512 * 1024 * 1024;

/** The text of a UTF-8 file. Throws one sentence when there is none, or when it is not text. */
export function readTextFile(path: string): string {
  let size: number;
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw new Error('is a folder, not a file');
    size = stats.size;
  } catch (error) {
    throw new Error(`${path} cannot be read: ${reason(error)}.`);
  }
  if (size > MOST_BYTES)
    throw new Error(
      `${path} cannot be read: it has ${Math.round(size / 1e6)} MB, more than the 536 MB that fit.`,
    );
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Error(`${path} cannot be read: ${reason(error)}.`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`${path} cannot be read: it is not UTF-8 text.`);
  }
}

function reason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'permission is denied';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
