// `node scripts/wordnet-table.ts FOLDER`: writes server/data/wordnet/synonyms.txt.br from the dict files of
// WordNet 3.0 (index.*, data.*, *.exc; Debian's package wordnet-base has them in /usr/share/wordnet).
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { WORDNET_HEADER } from '../server/src/core/metrics/text/wordnet.ts';

const OUT = resolve(import.meta.dirname, '../server/data/wordnet/synonyms.txt.br');
const PARTS = ['noun', 'verb', 'adj', 'adv'];

function linesOf(folder: string, file: string): string[] {
  const text = readFileSync(join(folder, file), 'utf8');
  // The licence stands in front, on lines that start with white space.
  return text.split('\n').filter((line) => line !== '' && !line.startsWith(' '));
}

/** The names of a line of a data file: `offset file type count name id name id …`. */
function namesOf(line: string): string[] {
  const fields = line.split(' ');
  const count = Number.parseInt(fields[3] as string, 16);
  const names = Array.from({ length: count }, (_, index) => fields[4 + 2 * index] as string);
  // Adjectives carry their syntactic position in brackets: `galore(ip)`.
  return names.map((name) => name.replace(/\(\w+\)$/, ''));
}

/**
 * A synset's line of the table, or null when it offers nothing: a name with `_` is no synonym, and one with a
 * capital letter never equals a word in lower case, but both lead to the synset.
 */
function tableLine(names: readonly string[]): string | null {
  const marked = names.map((name) => {
    const isSynonym = name === name.toLowerCase() && !name.includes('_');
    return isSynonym ? name : `^${name.toLowerCase()}`;
  });
  const distinct = [...new Set(marked)].filter(
    (name) => !(name.startsWith('^') && marked.includes(name.slice(1))),
  );
  return distinct.some((name) => !name.startsWith('^')) ? distinct.sort().join(' ') : null;
}

/** The lines of a part of speech; a synset of one name is left out where a longer one offers the same. */
function synsetLines(folder: string, part: string): string[] {
  const lines = linesOf(folder, `data.${part}`).map((line) => tableLine(namesOf(line)));
  const distinct = [...new Set(lines)].filter((line) => line !== null);
  const offered = new Set(distinct.filter((line) => line.includes(' ')).flatMap((line) => line.split(' ')));
  return distinct.filter((line) => line.includes(' ') || !offered.has(line)).sort();
}

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error(
    'Say where the dict files of WordNet 3.0 are: node scripts/wordnet-table.ts /usr/share/wordnet',
  );
  process.exit(2);
}
const table = [
  WORDNET_HEADER,
  ...PARTS.flatMap((part) => {
    const exceptions = linesOf(folder, `${part}.exc`).map((line) => line.trim().split(/\s+/).join(' '));
    return [`# ${part}`, ...synsetLines(folder, part), `! ${part}`, ...exceptions];
  }),
].join('\n');
const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
writeFileSync(OUT, brotliCompressSync(table, { params: quality }));
console.error(`${OUT}: ${table.length} characters in ${statSync(OUT).size} bytes.`);
