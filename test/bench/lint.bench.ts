/**
 * Record findings on a synthetic `problems.json` of ScienceQA's size, against what the JSON language service of
 * VS Code takes to parse and validate the same text in the same run; and what one keystroke costs.
 */
import { getLanguageService } from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { checkProblems, checkRecord } from '../../server/src/core/annotations/engine.ts';
import type { Finding } from '../../server/src/core/annotations/types.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { Chunk } from '../../server/src/core/records/types.ts';
import { syntheticProblems } from './synthetic.ts';

export interface Measurement {
  readonly name: string;
  /** A share of the reference's time, or milliseconds. */
  readonly value: number;
  readonly target: number;
  readonly ok: boolean;
}

const ROUNDS = 8;
const KEYSTROKES = 400;
const FIRST_PAGE = 1000;
const RULES_ON = {};

/** All measurements of this file, in the order in which they are printed. */
export async function measure(): Promise<Measurement[]> {
  const text = syntheticProblems();
  const [reference, firstPage, all] = await fastest([
    () => parseAndValidate(text),
    () => findings(text, FIRST_PAGE),
    () => findings(text, Number.POSITIVE_INFINITY),
  ]);
  const strokes = keystrokes(text);
  return [
    measurement('first 1,000 findings / JSON language service', firstPage / reference, 1 / 5),
    measurement('all record findings / JSON language service', all / reference, 1 / 5),
    measurement('keystroke to findings of the record, p95 in ms', percentile(strokes, 0.95), 16),
  ];
}

function measurement(name: string, value: number, target: number): Measurement {
  return { name, value, target, ok: value <= target };
}

async function parseAndValidate(text: string): Promise<void> {
  const service = getLanguageService({});
  const document = TextDocument.create('file:///problems.json', 'json', 1, text);
  await service.doValidation(document, service.parseJSONDocument(document));
}

function findings(text: string, enough: number): number {
  const document = DatasetDocument.create(text);
  let count = 0;
  for (const chunk of document.chunks) {
    count += findingsOf(document, chunk).length;
    if (count >= enough) break;
  }
  return count;
}

function findingsOf(document: DatasetDocument, chunk: Chunk): Finding[] {
  const { source, text } = chunk;
  if (!source) return checkProblems(chunk.problems, RULES_ON);
  const idCount = (id: string) => document.idCount(id);
  return checkRecord({ source, text, image: { state: 'none' }, splits: null, idCount }, RULES_ON);
}

/** Milliseconds from each edit to the findings of the edited record, quotes and line ends among what is typed. */
function keystrokes(text: string): number[] {
  const document = DatasetDocument.create(text);
  findings(text, Number.POSITIVE_INFINITY);
  const times: number[] = [];
  for (let stroke = 0; stroke < KEYSTROKES; stroke++) {
    const index = 1 + ((stroke * 7919) % (document.chunks.length - 2));
    const inside = (document.chunks[index] as Chunk).text.indexOf('"question": "') + 20;
    const typed = ['x', '"', '\n', '{', 'é'][stroke % 5] as string;
    const at = document.positionAt(document.startOf(index) + inside);
    const start = performance.now();
    document.edit({ range: { start: at, end: at }, text: typed });
    findingsOf(document, document.chunks[document.chunkIndexAt(document.offsetAt(at))] as Chunk);
    times.push(performance.now() - start);
    const after = document.positionAt(document.offsetAt(at) + typed.length);
    document.edit({ range: { start: at, end: after }, text: '' });
  }
  return times;
}

/**
 * Milliseconds of each piece of work in its fastest round: what it costs while nothing else runs. They take
 * turns, so that a machine that is busy for a while is busy for all of them.
 */
async function fastest<const Works extends readonly (() => unknown)[]>(
  works: Works,
): Promise<{ [I in keyof Works]: number }> {
  const times = works.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, work] of works.entries()) {
      const start = performance.now();
      await work();
      times[index] = Math.min(times[index] as number, performance.now() - start);
    }
  }
  return times as { [I in keyof Works]: number };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}

if (import.meta.main) {
  for (const { name, value, target, ok } of await measure()) {
    console.log(`${ok ? 'ok  ' : 'MISS'} ${name}: ${value.toFixed(3)} (at most ${target})`);
  }
}
