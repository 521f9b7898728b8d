/**
 * From the moment the language server has a synthetic `problems.json` of ScienceQA's size to the first findings
 * in the editor, against what the JSON language service of VS Code takes to parse and validate the same text.
 * Each is a server of its own, started anew in each round as when an editor is opened, and they take turns.
 */
import { Editor } from '../server/harness.ts';
import { syntheticProblems } from './synthetic.ts';

const ROUNDS = 8;
const TARGET = 1 / 5;
/** A server just started has things to finish. Milliseconds. */
const REST = 300;

const text = syntheticProblems();
const validating: number[] = [];
const answering: number[] = [];
let findings = 0;
for (let round = 0; round < ROUNDS; round++) {
  validating.push(await withServer('test/bench/server-json.ts', validate));
  answering.push(await withServer('test/bench/server-timed.ts', firstFindings));
}

const [reference, first] = [Math.min(...validating), Math.min(...answering)];
console.log(
  `${(text.length / 1e6).toFixed(1)} MB: the first ${findings} findings shown after ${Math.round(first)} ms, JSON parsed and validated after ${Math.round(reference)} ms`,
);
const value = Math.round((1000 * first) / reference) / 1000;
const name = 'first findings from the language server / JSON language service';
console.log(JSON.stringify({ name, value, target: TARGET, ok: value <= TARGET }));

async function withServer(
  server: string,
  measure: (editor: Editor, uri: string) => Promise<number>,
): Promise<number> {
  const editor = await Editor.start({ server });
  await new Promise((resolve) => setTimeout(resolve, REST));
  const time = await measure(editor, await editor.open('problems.json', text));
  await editor.stop();
  return time;
}

function validate({ connection }: Editor, uri: string): Promise<number> {
  return connection.sendRequest('bench/validate', { textDocument: { uri } });
}

async function firstFindings(editor: Editor, uri: string): Promise<number> {
  const report = await editor.diagnose(uri);
  const shown = performance.timeOrigin + performance.now();
  findings = report.kind === 'full' ? report.items.length : 0;
  return shown - (await editor.connection.sendRequest<number>('bench/arrived'));
}
