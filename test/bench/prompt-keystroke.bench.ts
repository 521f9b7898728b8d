/**
 * Keystroke to the findings and to the preview of a prompt file, through the real server over standard input and
 * output, for a template bound to a synthetic `problems.json` of ScienceQA's size. The prompt names two embedded
 * models, so that every keystroke also finds the longest records and counts their tokens twice.
 */
import { Editor } from '../server/harness.ts';
import { syntheticProblems } from './synthetic.ts';

const KEYSTROKES = 200;
const TARGET_MS = 16;

const prompt = (setting: number) => `---
name: Bench
metadata:
  rationale:
    dataset: problems.json
    models: [sketchbook-teacher, sketchbook-student]
    setting: ${setting}
---
user:
{% if image %}
![image]({{ image }})
{% endif %}
Question: {{ question }}
{% if hint %}
Hint: {{ hint }}
{% endif %}
Lecture: {{ lecture }}
Choices: {% for choice in choices %}({{ letters[loop.index0] }}) {{ choice }}{% if not loop.last %} {% endif %}{% endfor %}

Here: 
`;

const editor = await Editor.start();
editor.write('problems.json', syntheticProblems());
for (const setting of [1, 3]) {
  const uri = await editor.open(`setting-${setting}.prompty`, prompt(setting));
  const hasRule = async (rule: string) => (await editor.diagnostics(uri)).some(({ code }) => code === rule);
  await editor.until('the models are known', () => hasRule('train-template-mismatch'), 120_000);
  const place = editor.find(uri, 'Here: ').end;
  const [findings, previews]: number[][] = [[], []];
  let before: string | undefined;
  for (let i = 0; i < KEYSTROKES; i++) {
    const at = { line: place.line, character: place.character + i };
    const sent = performance.now();
    await editor.type(uri, { range: { start: at, end: at }, newText: 'xyz {'[i % 4] ?? 'x' });
    const report = await editor.diagnose(uri, before);
    const found = performance.now();
    await editor.request('rationale/renderPrompt', { uri });
    findings?.push(found - sent);
    previews?.push(performance.now() - found);
    before = report.resultId;
  }
  print(`setting ${setting}: keystroke to findings`, findings ?? []);
  print(`setting ${setting}: and then to the preview`, previews ?? []);
  await editor.close(uri);
}
await editor.stop();

function print(name: string, times: number[]): void {
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.ceil(share * times.length) - 1]! * 10) / 10;
  console.log(
    `${name}, ${times.length} keystrokes: median ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`,
  );
  const value = at(0.95);
  console.log(JSON.stringify({ name: `${name}, p95 ms`, value, target: TARGET_MS, ok: value <= TARGET_MS }));
}
