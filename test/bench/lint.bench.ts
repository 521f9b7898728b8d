/**
 * Record findings on a synthetic `problems.json` of ScienceQA's size, against what the JSON language service of
 * VS Code takes to parse and validate the same text in the same run; and what one keystroke costs. When an editor
 * has its first findings, which is what the target of a fifth is about, is measured by `server-first.bench.ts`.
 */
import { getLanguageService } from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Pipeline } from '../../server/src/core/pipeline.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { Chunk } from '../../server/src/core/records/types.ts';
import { syntheticProblems } from './synthetic.ts';

export interface Measurement {
  readonly name: string;
  /** A share of the reference's time, or milliseconds. */
  readonly value: number;
  /** Null where none is set: the figure is told for its own sake. */
  readonly target: number | null;
}

const ROUNDS = 16;
const KEYSTROKES = 400;
const FIRST_PAGE = 1000;

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
    { name: 'first 1,000 findings / JSON language service', value: firstPage / reference, target: null },
    { name: 'all record findings / JSON language service', value: all / reference, target: null },
    {
      name: 'keystroke to findings of the record, p95 in ms',
      value: percentile(strokes, 0.95),
      target: 16,
    },
  ];
}

async function parseAndValidate(text: string): Promise<void> {
  const service = getLanguageService({});
  const document = TextDocument.create('file:///problems.json', 'json', 1, text);
  await service.doValidation(document, service.parseJSONDocument(document));
}

/** How many findings there are, or where there is enough of them, how many were made until then. */
function findings(text: string, enough: number): number {
  const pipeline = open(text);
  let count = 0;
  for (const chunk of pipeline.document.chunks) {
    count += pipeline.checkRecord(chunk).length;
    if (count >= enough) break;
  }
  return count;
}

function open(text: string): Pipeline {
  const around = { path: '', rules: {}, splits: null, image: () => ({ state: 'none' }) as const };
  return new Pipeline(DatasetDocument.create(text), around, null);
}

/** Milliseconds from each edit to the findings of the edited record, quotes and line ends among what is typed. */
function keystrokes(text: string): number[] {
  const pipeline = open(text);
  const { document } = pipeline;
  for (const chunk of document.chunks) pipeline.checkRecord(chunk);
  const times: number[] = [];
  for (let stroke = 0; stroke < KEYSTROKES; stroke++) {
    const index = 1 + ((stroke * 7919) % (document.chunks.length - 2));
    const inside = (document.chunks[index] as Chunk).text.indexOf('"question": "') + 20;
    const typed = ['x', '"', '\n', '{', 'é'][stroke % 5] as string;
    const at = document.positionAt(document.startOf(index) + inside);
    const start = performance.now();
    document.edit({ range: { start: at, end: at }, text: typed });
    pipeline.checkRecord(document.chunks[document.chunkIndexAt(document.offsetAt(at))] as Chunk);
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
  for (const { name, value, target } of await measure()) {
    const verdict = target === null ? '    ' : value <= target ? 'ok  ' : 'MISS';
    const limit = target === null ? 'no target' : `at most ${target}`;
    console.log(`${verdict} ${name}: ${value.toFixed(3)} (${limit})`);
  }
}
