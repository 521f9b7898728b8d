/**
 * Memory of the server process while a model answers 20,000 records of an open dataset: resident bytes when all are
 * answered over those when 2,000 are. The server is the real one, spoken to as an editor does; the model answers from a
 * script, so that the memory is the server's own.
 */
import { execFileSync } from 'node:child_process';
import { Editor } from '../server/harness.ts';
import { dataset, rationale } from '../server/sample-dataset.ts';

const RECORDS = 20_000;
const FIRST = 2_000;

const editor = await Editor.start({ server: 'dist/server.js' });
const uri = await editor.open('problems.json', dataset(RECORDS));
const script = editor.write('model.jsonl', JSON.stringify({ match: 'number', output: rationale('B') }));
await editor.diagnostics(uri);
const opened = resident();
const at = new Map<number, number>();
const began = performance.now();
await editor.annotate(
  { uri, model: `scripted:${script}` },
  {
    onProgress: ({ message = '' }) => {
      const done = Number.parseInt(message, 10);
      for (const mark of [FIRST, RECORDS / 2, RECORDS])
        if (done >= mark && !at.has(mark)) at.set(mark, resident());
    },
  },
);
const seconds = (performance.now() - began) / 1000;
const [first, last] = [at.get(FIRST) as number, at.get(RECORDS) as number];
const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
console.log(
  `${RECORDS} records in ${seconds.toFixed(1)} s: ${mb(opened)} when the dataset is open, ${mb(first)} at ${FIRST} answers, ${mb(at.get(RECORDS / 2) as number)} at ${RECORDS / 2}, ${mb(last)} at ${RECORDS}: ${(last / first).toFixed(2)} ×. To reach: flat.`,
);
await editor.stop();

/** Bytes of the server that lie in memory, those included that are free but not collected yet. */
function resident(): number {
  return 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', `${editor.pid}`], { encoding: 'utf8' }));
}
