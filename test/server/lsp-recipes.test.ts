import assert from 'node:assert/strict';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import { Editor } from './harness.ts';
import { dataset } from './sample-dataset.ts';

const RECIPE = `student: sketchbook-base
data:
  dataset: problems.json
  split: test
target: answer
evaluation:
  split: val
batch: 4
`;

describe('recipes through the language server', () => {
  let editor: Editor;
  beforeEach(async () => {
    editor = await Editor.start();
    editor.write('problems.json', dataset(12));
  });
  afterEach(() => editor.stop());

  const messages = async (uri: string) => (await editor.diagnostics(uri)).map(({ message }) => message);

  it('have findings on their own characters, with code, page and fix, gone as they are typed away', async () => {
    const uri = await editor.open('a.recipe.yaml', RECIPE.replace('target: answer', 'target: anwser'));
    const [finding] = (await editor.diagnostics(uri)) as [Diagnostic];
    assert.equal(finding.code, 'invalid-recipe');
    assert.equal(finding.severity, DiagnosticSeverity.Error);
    assert.match(finding.codeDescription?.href ?? '', /invalid-recipe\.md$/);
    assert.equal(editor.textAt(uri, finding.range), 'anwser');
    const [fix] = await editor.actions(uri, finding.range, [finding]);
    await editor.apply(uri, fix?.edit?.changes?.[uri] ?? []);
    assert.equal(editor.textOf(uri), RECIPE);
    assert.deepEqual(await messages(uri), []);
  });

  it('follow the dataset as it is edited, saved or not', async () => {
    const data = await editor.open('problems.json', dataset(12));
    const uri = await editor.open('a.recipe.yaml', RECIPE);
    assert.deepEqual(await messages(uri), []);
    await editor.replace(data, '"split": "val"', '"split": "dev"');
    await editor.replace(data, '"split": "val"', '"split": "dev"');
    assert.deepEqual(await messages(uri), [
      'No record of the dataset is in the split "val": it has dev, test.',
    ]);
  });

  it('are hovered and completed key by key, with what they come to behind the first line', async () => {
    const uri = await editor.open('a.recipe.yml', RECIPE);
    const { start } = editor.find(uri, 'batch');
    assert.match(String(await editor.hover(uri, start)), /Examples in memory at once/);
    const list = await editor.completions(uri, { line: start.line + 1, character: 0 });
    assert.ok(list?.items.some(({ label }) => label === 'optimiser'));
    assert.ok(!list?.items.some(({ label }) => label === 'batch'));
    const whole = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    const [hint, ...others] = await editor.hints(uri, whole);
    assert.deepEqual(others, []);
    assert.equal(hint?.label, '3 steps, 10 examples');
    assert.deepEqual(hint?.position, { line: 0, character: 'student: sketchbook-base'.length });
  });

  it('are told from all other YAML by their name', async () => {
    const uri = await editor.open('workflow.yaml', 'target: anwser\n');
    assert.deepEqual(await messages(uri), []);
    assert.equal(await editor.hover(uri, { line: 0, character: 2 }), null);
  });
});
