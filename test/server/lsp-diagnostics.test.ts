import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import { Editor, type EditorOptions } from './harness.ts';
import { dataset, PNG, record } from './sample-dataset.ts';

describe('the language server’s findings', () => {
  let editor: Editor;
  const start = async (options?: EditorOptions) => {
    editor = await Editor.start(options);
  };
  afterEach(() => editor.stop());

  it('stand where the fault is, with rule, severity, source and the rule’s page', async () => {
    await start({ options: { rulePagesFolder: '/pages of rules' } });
    const uri = await editor.open('problems.json', dataset(3, { r1: { answer: 7 } }));
    const [finding, ...others] = await editor.diagnostics(uri);
    assert.deepEqual(others, []);
    const { end } = editor.find(uri, '"answer": 7');
    assert.deepEqual(finding?.range, { start: { ...end, character: end.character - 1 }, end });
    assert.equal(finding?.code, 'answer-out-of-range');
    assert.equal(finding?.severity, DiagnosticSeverity.Error);
    assert.equal(finding?.source, 'rationale');
    assert.equal(finding?.codeDescription?.href, 'file:///pages%20of%20rules/answer-out-of-range.md');
  });

  it('come for datasets by shape, and never for other JSON', async () => {
    await start();
    const manifest = {
      name: 'x',
      version: '1',
      scripts: { test: 'mocha' },
      choices: [],
      dependencies: { a: '1' },
    };
    const other = await editor.open('package.json', JSON.stringify(manifest, null, 2));
    assert.deepEqual(await editor.diagnostics(other), []);
    const lines = await editor.open(
      'any name.jsonl',
      `${JSON.stringify(record(0, { id: 'a', answer: 9 }))}\n`,
    );
    assert.deepEqual(await editor.findings(lines), ['0 answer-out-of-range']);
    const told = editor.messages.filter(({ method }) => method === 'rationale/datasets').at(-1);
    assert.deepEqual(told?.params, { uris: [lines] });
  });

  it('follow an edit of one record and leave the others alone', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(40, { r3: { answer: 7 }, r30: { answer: 8 } }));
    const before = await editor.findings(uri);
    assert.equal(before.length, 2);
    await editor.replace(uri, '"answer": 7', '"answer": 1');
    assert.deepEqual(await editor.findings(uri), before.slice(1));
    await editor.replace(uri, '"answer": 1', '"answer": -1', 20);
    assert.deepEqual(
      (await editor.findings(uri)).map((finding) => finding.split(' ')[1]),
      ['answer-out-of-range', 'answer-out-of-range'],
    );
  });

  it('move with the lines that are typed above them', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(9, { r5: { answer: 7 } }));
    const [before] = await editor.diagnostics(uri);
    await editor.replace(uri, '"hint": "",', '"hint":\n\n"",');
    const [after] = await editor.diagnostics(uri);
    assert.equal(after?.range.start.line, (before as Diagnostic).range.start.line + 2);
    assert.equal(after?.range.start.character, before?.range.start.character);
  });

  it('are said to be unchanged as long as they are', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(9, { r5: { answer: 7 } }));
    const { resultId } = await editor.diagnose(uri);
    assert.ok(resultId);
    assert.deepEqual(await editor.diagnose(uri, resultId), { kind: 'unchanged', resultId });
    await editor.replace(uri, 'number 2?', 'number two?');
    assert.deepEqual(await editor.diagnose(uri, resultId), { kind: 'unchanged', resultId });
    await editor.replace(uri, '"answer": 7', '"answer": 1');
    const report = await editor.diagnose(uri, resultId);
    assert.equal(report.kind, 'full');
    assert.notEqual(report.resultId, resultId);
  });

  it('of a duplicate id appear at both records, and go from both when one is renamed', async () => {
    await start();
    const text = dataset(6).replace('"r4"', '"r1"');
    const uri = await editor.open('problems.json', text);
    const duplicates = (await editor.findings(uri)).filter((finding) => finding.endsWith('duplicate-id'));
    assert.equal(duplicates.length, 2);
    await editor.replace(uri, '"r1"', '"r9"', 1);
    assert.deepEqual(await editor.findings(uri), []);
    await editor.replace(uri, '"r9"', '"r0"');
    assert.equal((await editor.findings(uri)).length, 2);
  });

  it('stay within a thousand: the edited record’s, then the most severe, and one that says how many are left out', async () => {
    // Two findings each, one of them no more than a hint.
    await start({ settings: { rules: { 'duplicate-choice': 'hint' } } });
    const faults = Array.from({ length: 900 }, (_, n) => [`r${n}`, { choices: ['same', 'same'], answer: 7 }]);
    const uri = await editor.open('problems.json', dataset(900, Object.fromEntries(faults)));
    const isOutOfRange = ({ code }: Diagnostic) => code === 'answer-out-of-range';
    const all = await editor.until('everything is checked', async () => {
      const list = await editor.diagnostics(uri);
      return list.filter(isOutOfRange).length === 900 && list;
    });
    assert.equal(all.length, 1000);
    assert.match(String(all.at(-1)?.message), /^\d+ of \d+ findings are left out here/);
    assert.equal(all.at(-1)?.severity, DiagnosticSeverity.Information);
    const line = editor.find(uri, 'number 899?').start.line;
    const near = (list: Diagnostic[]) =>
      list.filter(({ range }) => Math.abs(range.start.line - line) < 6).map(({ code }) => code);
    assert.deepEqual(near(all), ['answer-out-of-range']);
    await editor.replace(uri, 'number 899?', 'number eight hundred?');
    const after = await editor.diagnostics(uri);
    assert.equal(after.length, 1000);
    assert.ok(near(after).includes('duplicate-choice'), near(after).join());
  });

  it('obey the rule settings, also when these change', async () => {
    await start({ settings: { rules: { 'answer-out-of-range': 'off' } } });
    const uri = await editor.open('problems.json', dataset(3, { r1: { answer: 7 } }));
    assert.deepEqual(await editor.findings(uri), []);
    await editor.changeSettings({ rules: { 'answer-out-of-range': 'hint' } });
    const [finding] = await editor.until('the finding is there', async () => {
      const found = await editor.diagnostics(uri);
      return found.length > 0 && found;
    });
    assert.equal(finding?.severity, DiagnosticSeverity.Hint);
    assert.ok(editor.messages.some(({ method }) => method === 'workspace/diagnostic/refresh'));
  });

  it('follow images and split tables that appear on disk', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(3, { r1: { image: 'image.png' } }));
    assert.deepEqual(
      (await editor.findings(uri)).map((finding) => finding.split(' ')[1]),
      ['missing-image'],
    );
    const folder = join(editor.folder, 'images', 'val', 'r1');
    mkdirSync(folder, { recursive: true });
    const image = editor.write('images/val/r1/image.png', PNG);
    const watched = editor.messages.find(({ method }) => method === 'client/registerCapability');
    assert.match(JSON.stringify(watched?.params), /png.*|pid_splits/);
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(image).href, type: 1 }],
    });
    await editor.until('the finding is gone', async () => (await editor.diagnostics(uri)).length === 0);
  });

  it('are sent unasked to an editor that does not ask', async () => {
    await start({ pulls: false });
    const uri = await editor.open('problems.json', dataset(3, { r1: { answer: 7 } }));
    const codes = () => editor.published.get(uri)?.map(({ code }) => code);
    await editor.until('the finding is there', () => codes()?.includes('answer-out-of-range'));
    await editor.replace(uri, '"answer": 7', '"answer": 1');
    await editor.until('the finding is gone', () => codes()?.length === 0);
    await editor.replace(uri, '"answer": 1', '"answer": 6');
    await editor.until('it is back', () => codes()?.length === 1);
    await editor.close(uri);
    await editor.until('a closed file has none', () => codes()?.length === 0);
  });
});
