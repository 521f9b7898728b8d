import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { imageSize } from 'image-size';
import type { DatasetRecord, ImageFacts } from '../core/records/types.ts';

/** Where an image says how large it is, if the camera has not put a thumbnail before it. */
const HEAD_BYTES = 64 * 1024;

/** By folder and path, as long as it is the same file with the same size and time. */
const known = new Map<string, { readonly state: string; readonly facts: ImageFacts }>();

/**
 * What the file system says of a record's image. As in ScienceQA it is `images/<split>/<id>/<image>` beside
 * the dataset, else `<image>` itself; it may not lie outside the dataset's folder, by whatever links.
 */
export function readImageFacts(
  datasetPath: string,
  record: Pick<DatasetRecord, 'id' | 'image' | 'split'>,
): ImageFacts {
  if (!record.image) return { state: 'none' };
  const folder = dirname(datasetPath);
  const candidates = candidatePaths(folder, record.image, record);
  const inside = candidates.filter((path) => isInside(folder, path));
  if (inside.length === 0) return { state: 'outside', path: candidates[0] as string };
  for (const path of inside) {
    const stats = statsOf(path);
    if (stats?.isFile()) return factsOf(folder, path, stats);
  }
  return { state: 'missing', path: inside[0] as string };
}

function candidatePaths(
  folder: string,
  image: string,
  { id, split }: Pick<DatasetRecord, 'id' | 'split'>,
): string[] {
  if (isAbsolute(image)) return [image];
  const direct = join(folder, image);
  return split === null ? [direct] : [join(folder, 'images', split, id, image), direct];
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The same with symbolic links followed. */
function isReallyInside(folder: string, path: string): boolean {
  try {
    return isInside(realpathSync(folder), realpathSync(path));
  } catch {
    return false;
  }
}

/** Null for a path that leads to nothing, whatever the reason: no entry, a name too long, a link to itself. */
function statsOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function factsOf(folder: string, path: string, stats: Stats): ImageFacts {
  const state = `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeMs}`;
  const key = `${folder}\n${path}`;
  const before = known.get(key);
  if (before?.state === state) return before.facts;
  const facts: ImageFacts = isReallyInside(folder, path)
    ? readFacts(path, stats.size)
    : { state: 'outside', path };
  known.set(key, { state, facts });
  return facts;
}

function readFacts(path: string, size: number): ImageFacts {
  try {
    return new ReadableImage(path, size, sizeOf(path, size));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'EACCES' ? 'permission is denied' : code ? message : 'it is not an image of a known format';
    return { state: 'unreadable', path, reason };
  }
}

/** Width and height, from the head of the file where that suffices. */
function sizeOf(path: string, size: number): { width: number; height: number } {
  if (size > HEAD_BYTES) {
    try {
      return imageSize(head(path));
    } catch {
      // The size stands further on; the whole file tells.
    }
  }
  return imageSize(readFileSync(path));
}

function head(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(HEAD_BYTES);
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

/** An image that can be shown. Its whole file is read only for the digest, which linting does not need. */
class ReadableImage {
  readonly state = 'ok';
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  private knownDigest: string | null = null;

  constructor(path: string, bytes: number, size: { readonly width: number; readonly height: number }) {
    this.path = path;
    this.width = size.width;
    this.height = size.height;
    this.bytes = bytes;
  }

  /** SHA-256 of the file's content, as 32 hex digits. */
  get digest(): string {
    this.knownDigest ??= createHash('sha256').update(readFileSync(this.path)).digest('hex').slice(0, 32);
    return this.knownDigest;
  }
}
