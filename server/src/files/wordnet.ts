import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { shippedRoot } from './shipped.ts';

const TABLE = join(shippedRoot, 'server', 'data', 'wordnet', 'synonyms.txt.br');

/** The shipped WordNet table (1.3 MB of text), for the metric that asks for synonyms. Throws one sentence when it is not there. */
export function readWordNetTable(): string {
  try {
    return brotliDecompressSync(readFileSync(TABLE)).toString('utf8');
  } catch (error) {
    throw new Error(`The WordNet table ${TABLE} cannot be read: ${(error as Error).message}.`);
  }
}
