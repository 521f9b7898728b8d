/**
 * Memory of the language server's process while a model answers 20,000 records of an open dataset. The server is the real
 * one, spoken to as by an editor that shows findings, hints and the list of runs; the model answers from a script, so
 * that the memory is the server's own, and at once, so that garbage comes a thousand times as fast as with a real one.
 *
 * Of two servers one is left alone, and the other has its garbage collected at each mark: what is left is what it holds.
 * How much garbage lies about in between is V8's choice.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Editor } from '../server/harness.ts';
import { dataset, rationale } from '../server/sample-dataset.ts';

const RECORDS = 20_000;
const MARK_EVERY = 2_000;
/** All code is compiled and all caches are full by then. */
const WARM = 4_000;

/** Bytes, by how many answers there are. */
type Curve = readonly (readonly [answers: number, bytes: number])[];

const folder = mkdtempSync(join(tmpdir(), 'rationale-memory-'));
const log = join(folder, 'probe.log');
writeFileSync(log, '');
const alone = await curve(async (editor) => [resident(editor.pid), 0]);
const collected = await curve(probed);
rmSync(folder, { recursive: true });

const columns: Record<string, Curve> = {
  'RSS, left alone': alone.map(([answers, [rss]]) => [answers, rss]),
  'RSS, garbage collected': collected.map(([answers, [rss]]) => [answers, rss]),
  'heap, garbage collected': collected.map(([answers, [, heap]]) => [answers, heap]),
};
for (const [name, points] of Object.entries(columns)) {
  console.log(
    `${name}, MB at 0, ${MARK_EVERY}, … ${RECORDS}: ${points.map(([, b]) => (b / 1e6).toFixed(0)).join(' ')}`,
  );
  console.log(`  ${growthOf(points.filter(([answers]) => answers >= WARM))}`);
}
console.log(`To reach: 1.05 × from ${WARM} to ${RECORDS} at most.`);

/** Has everything answered by a server of its own. @param measure RSS and heap, in bytes */
async function curve(measure: (editor: Editor) => Promise<[rss: number, heap: number]>) {
  const probe = pathToFileURL(join(import.meta.dirname, 'memory-probe.ts')).href;
  const environment = { NODE_OPTIONS: `--import=${probe}`, MEMORY_PROBE: log };
  const editor = await Editor.start({ server: 'dist/server.js', environment });
  const uri = await editor.open('problems.json', dataset(RECORDS));
  const script = editor.write('model.jsonl', JSON.stringify({ match: 'number', output: rationale('B') }));
  showEverything(editor, uri);
  await editor.diagnostics(uri);
  await wait(3000);
  const points: [number, [rss: number, heap: number]][] = [[0, await measure(editor)]];
  let next = MARK_EVERY;
  let measuring = Promise.resolve();
  await editor.annotate(
    { uri, model: `scripted:${script}` },
    {
      onProgress: ({ message = '' }) => {
        if (next > RECORDS || Number.parseInt(message, 10) < next) return;
        const at = next;
        next += MARK_EVERY;
        measuring = measuring.then(async () => void points.push([at, await measure(editor)]));
      },
    },
  );
  await measuring;
  await editor.stop();
  return points;
}

/** Asks for what an editor asks for when it is told that something has changed. */
function showEverything(editor: Editor, uri: string): void {
  const screen = { start: { line: 0, character: 0 }, end: { line: 60, character: 0 } };
  const unlessGone = () => undefined;
  editor.connection.onRequest('workspace/diagnostic/refresh', () => {
    editor.diagnostics(uri).catch(unlessGone);
    return null;
  });
  editor.connection.onRequest('workspace/inlayHint/refresh', () => {
    editor.hints(uri, screen).catch(unlessGone);
    return null;
  });
  editor.connection.onNotification('rationale/changed', ({ what }: { what: string }) => {
    if (what === 'runs') editor.request('rationale/runs', { uri }).catch(unlessGone);
  });
}

/** Bytes of the process that lie in memory, those included that are free but not given back. */
function resident(pid: number): number {
  return 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', `${pid}`], { encoding: 'utf8' }));
}

async function probed({ pid }: Editor): Promise<[rss: number, heap: number]> {
  const lines = () => readFileSync(log, 'utf8').split('\n').slice(0, -1);
  const before = lines().length;
  process.kill(pid, 'SIGUSR2');
  while (lines().length === before) await wait(5);
  const [rss, heap] = (lines().at(-1) as string).split(' ').map(Number) as [number, number];
  return [rss, heap];
}

/** Last over first, and the slope of the line through all by least squares. */
function growthOf(points: Curve): string {
  const mean = (numbers: number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const [x, y] = [mean(points.map(([answers]) => answers)), mean(points.map(([, bytes]) => bytes))];
  const slope =
    mean(points.map(([answers, bytes]) => (answers - x) * (bytes - y))) /
    mean(points.map(([answers]) => (answers - x) ** 2));
  const [first, last] = [points[0], points.at(-1)] as [Curve[number], Curve[number]];
  return `${(last[1] / first[1]).toFixed(3)} × from ${first[0]} to ${last[0]}, ${((slope * 1000) / 1e3).toFixed(0)} kB per 1,000 answers`;
}
