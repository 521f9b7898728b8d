import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';

/** Above this a file is not read whole: a string in V8 ends at about 512 MB. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * The text of a UTF-8 file.
 * @param onBadLine where lines stand for themselves: told a sentence of each line that is not UTF-8, whose bytes
 *   are then read as "�"; without it such a file is refused
 * @throws Error with one sentence when there is no file, or when it is not text
 */
export function readTextFile(path: string, onBadLine?: (sentence: string) => void): string {
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
    return decode(bytes, true);
  } catch {
    const lines = badLines(bytes);
    if (!onBadLine || bytes.includes(0)) {
      throw new Error(
        `${path} cannot be read: it is not UTF-8 text${lines[0] ? ` (line ${lines[0]})` : ''}.`,
      );
    }
    for (const line of lines)
      onBadLine(`${path}:${line}: this is not UTF-8; what cannot be read is read as "�".`);
    return decode(bytes, false);
  }
}

function decode(bytes: Uint8Array, fatal: boolean): string {
  return new TextDecoder('utf-8', { fatal, ignoreBOM: true }).decode(bytes);
}

/** The numbers of the lines that are not UTF-8, from 1. No character of UTF-8 but the line feed has its byte. */
function badLines(bytes: Buffer): number[] {
  const bad: number[] = [];
  let start = 0;
  for (let line = 1; start < bytes.length; line++) {
    const found = bytes.indexOf(10, start);
    const end = found === -1 ? bytes.length : found;
    if (!isUtf8(bytes.subarray(start, end))) bad.push(line);
    start = end + 1;
  }
  return bad;
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
