/**
 * Keystroke to the findings of the edited record, through the real server over standard input and output, in a
 * synthetic `problems.json` of ScienceQA's size. Half of its records lack their image: the worst case, more
 * findings than are shown. Typing starts a second after opening, while records are still compared with each other.
 */
import { DiagnosticSeverity } from 'vscode-languageserver/node';
import { Editor } from '../server/harness.ts';
import { syntheticProblems } from './synthetic.ts';

const KEYSTROKES = 200;
const TARGET_MS = 16;

const text = syntheticProblems();
const lines = text.split('\n');
const answers = lines.flatMap((line, number) => (line.startsWith('        "answer": ') ? number : []));

const editor = await Editor.start();
const began = performance.now();
const uri = await editor.open('problems.json', text);
let report = await editor.diagnose(uri);
const first = performance.now() - began;
const isTold = () => editor.messages.some(({ method }) => method === 'rationale/changed');
await editor.until('the views are told of the dataset', isTold, 120_000);

const times: number[] = [];
for (let i = 0; i < KEYSTROKES; i++) {
  // In one record after the other, all over the file, the answer's digit becomes one that is out of range.
  const line = answers[Math.floor((i + 0.5) * (answers.length / KEYSTROKES))]!;
  const character = lines[line]!.indexOf(':') + 2;
  const digit = { start: { line, character }, end: { line, character: character + 1 } };
  const sent = performance.now();
  await editor.type(uri, { range: digit, newText: '7' });
  report = await editor.diagnose(uri, report.resultId);
  times.push(performance.now() - sent);
  const found = report.kind === 'full' ? report.items : [];
  if (
    !found.some(({ range, severity }) => range.start.line === line && severity === DiagnosticSeverity.Error)
  ) {
    throw new Error(`The fault on line ${line + 1} was not found.`);
  }
}
await editor.stop();

times.sort((a, b) => a - b);
const at = (share: number) => Math.round(times[Math.ceil(share * times.length) - 1]! * 10) / 10;
console.log(
  `${(text.length / 1e6).toFixed(1)} MB, ${lines.length} lines; opened and first findings shown in ${Math.round(first)} ms`,
);
console.log(
  `keystroke to findings, ${KEYSTROKES} keystrokes: median ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`,
);
const value = at(0.95);
console.log(
  JSON.stringify({ name: 'keystroke to findings, p95 ms', value, target: TARGET_MS, ok: value <= TARGET_MS }),
);
