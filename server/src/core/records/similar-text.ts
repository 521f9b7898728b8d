import type { DatasetRecord } from './types.ts';

/** Words in a shingle. Three tell "The dog bit the man" from "The man bit the dog", and one changed name spoils only three. */
const SHINGLE = 3;
/**
 * Bands of the MinHash signature and rows in each. Two texts with Jaccard similarity s meet in some band with
 * probability 1 - (1 - s^4)^16: 0.9998 at s = 0.8, 0.1 at s = 0.3 (Leskovec, Rajaraman, Ullman, "Mining of
 * Massive Datasets", section 3.4.2).
 */
export const BANDS = 16;
const ROWS = 4;

/** What of a record's question, context and choices is compared with other records. */
export interface ComparedText {
  /** The same for two records that say the same, white space and the order of the choices aside. */
  readonly exact: string;
  /** The numbers in it: records that differ in these ask for another answer, however alike they read. */
  readonly numbers: string;
  /** Hashes of the shingles, each once, ascending. Empty for a record without words. */
  readonly shingles: Uint32Array;
  /** One hash for each band: texts that share one are worth comparing. */
  readonly bands: Uint32Array;
}

/** The text of a record as it is compared; the order of the choices does not count. */
export function comparedText({ question, hint, choices }: DatasetRecord): ComparedText {
  const fields = [question, hint, ...choices];
  const shingles = shinglesOf(fields);
  const [q, h, ...c] = fields.map(tidy);
  const exact = [q, h, ...c.sort()].join('\0');
  const numbers = (exact.match(ASCII.test(exact) ? /\d+/g : /\p{N}+/gu) ?? []).sort().join(' ');
  return { exact, numbers, shingles, bands: bandsOf(shingles) };
}

/** Shingles in common by shingles in either (Jaccard, 1901), between 0 and 1; 1 for two empty sets. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i] as number, b[j] as number];
    if (x === y) common++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  const either = a.length + b.length - common;
  return either === 0 ? 1 : common / either;
}

/**
 * Hashes of every three words in a row, each field by itself. Each field ends in two empty words, so that its last
 * word, which is often all that tells one question from the next ("How long is a pen?"), counts as much as any.
 */
export function shinglesOf(fields: readonly string[]): Uint32Array {
  const words = fields.map(wordHashes).filter((hashes) => hashes.length > 0);
  const shingles = new Uint32Array(words.reduce((sum, { length }) => sum + length, 0));
  let count = 0;
  for (const hashes of words) {
    for (let first = 0; first < hashes.length; first++) {
      let hash = 0;
      for (let word = first; word < first + SHINGLE; word++) hash = mix(hash ^ (hashes[word] ?? 0));
      shingles[count++] = hash;
    }
  }
  return ascendingOnce(shingles.sort());
}

function ascendingOnce(sorted: Uint32Array<ArrayBuffer>): Uint32Array {
  let length = 0;
  for (const hash of sorted) if (length === 0 || hash !== sorted[length - 1]) sorted[length++] = hash;
  return length === sorted.length ? sorted : sorted.slice(0, length);
}

/** Runs of letters and digits, and signs such as + and °, each sign and each Chinese or Japanese character by itself. */
const WORDS =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{S}]|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}])[\p{L}\p{M}\p{N}])+/gu;
const ASCII = /^[\0-\x7f]*$/;
/** By ASCII code: the code of the lower-case letter or digit, 1 for a sign, 0 for what stands between words. */
const CODES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code).toLowerCase();
  return /[a-z0-9]/.test(character) ? character.charCodeAt(0) : /\p{S}/u.test(character) ? 1 : 0;
});
const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** A hash (FNV-1a) for each word, case and width of characters aside. */
function wordHashes(text: string): number[] {
  if (ASCII.test(text)) return asciiWordHashes(text);
  const words = text.normalize('NFKC').toLowerCase().match(WORDS) ?? [];
  return words.map((word) => {
    let hash = FNV_START;
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), FNV_PRIME);
    return hash;
  });
}

/** The same without making a string of each word: nearly all text of nearly all datasets comes this way. */
function asciiWordHashes(text: string): number[] {
  const hashes: number[] = [];
  let hash = FNV_START;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    const code = CODES[character] as number;
    if (code > 1) {
      hash = Math.imul(hash ^ code, FNV_PRIME);
      continue;
    }
    if (hash !== FNV_START) hashes.push(hash);
    if (code === 1) hashes.push(Math.imul(FNV_START ^ character, FNV_PRIME));
    hash = FNV_START;
  }
  if (hash !== FNV_START) hashes.push(hash);
  return hashes;
}

/** Odd factors and offsets of the hash functions of which each row keeps the least value. */
const FACTORS = Uint32Array.from({ length: BANDS * ROWS }, (_, i) => mix(2 * i + 1) | 1);
const OFFSETS = Uint32Array.from({ length: BANDS * ROWS }, (_, i) => mix(2 * i + 2));

/** MinHash (Broder, "On the resemblance and containment of documents", 1997), the rows of a band as one hash. */
function bandsOf(shingles: Uint32Array): Uint32Array {
  const bands = new Uint32Array(BANDS);
  for (let row = 0; row < FACTORS.length; row++) {
    const [factor, offset] = [FACTORS[row] as number, OFFSETS[row] as number];
    let least = 0xffffffff;
    for (let i = 0; i < shingles.length; i++) {
      const value = (Math.imul(shingles[i] as number, factor) + offset) >>> 0;
      if (value < least) least = value;
    }
    const band = Math.floor(row / ROWS);
    bands[band] = mix((bands[band] as number) ^ least);
  }
  return bands;
}

/** Spreads every bit over all (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function tidy(text: string): string {
  const composed = ASCII.test(text) ? text : text.normalize('NFC');
  return (/\s\s|[^\S ]/.test(composed) ? composed.replace(/\s+/g, ' ') : composed).trim();
}
