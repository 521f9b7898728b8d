import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { currentFindings, extension, findings, open, recordRange, ruleOf } from './editor.ts';
import { until } from './until.ts';

/** The planted faults: the rule that must find each, its record, and what stands on the finding's line. */
const PLANTED = [
  { rule: 'missing-image', record: 'f1', line: '"image": "image.png"' },
  { rule: 'duplicate-choice', record: 'f2', line: '"green"' },
  { rule: 'solution-names-other-choice', record: 'f3', line: '"answer": 0' },
  { rule: 'answer-out-of-range', record: 'f4', line: '"answer": 6' },
  { rule: 'unreadable-image', record: 'f5', line: '"image": "image.png"' },
  { rule: 'empty-choice', record: 'f6', line: '""' },
  { rule: 'too-few-choices', record: 'f7', line: '"choices": [' },
];

describe('record findings in samples/sketchbook/faults.json', () => {
  let document: vscode.TextDocument;

  before(async () => {
    document = await open('faults.json');
  });

  it('appear on the lines of the planted faults, with code and page', async () => {
    const found = await findings(document, 'every planted fault is found', (all) =>
      PLANTED.every(({ rule }) => all.some((finding) => ruleOf(finding) === rule)),
    );
    for (const { rule, record, line } of PLANTED) {
      const range = recordRange(document, record);
      const finding = found.find((other) => ruleOf(other) === rule && range.contains(other.range));
      assert.ok(finding, `${rule} is not found in ${record}`);
      assert.ok(document.lineAt(finding.range.start).text.includes(line), `${rule} stands elsewhere`);
      assert.ok(typeof finding.code === 'object', `${rule} has no link`);
      assert.match(finding.code.target.toString(), /rationale\.openRulePage/);
    }
  });

  it('are gone when their quick fix is applied', async () => {
    const all = await findings(document, 'findings', (found) => found.length > 0);
    const { rule, fix } = await preferredFix(document, all);
    const alike = () => currentFindings(document).filter((other) => ruleOf(other) === rule).length;
    const before = alike();
    assert.ok(await vscode.workspace.applyEdit(fix.edit!), 'the fix cannot be applied');
    await until(`${rule} is gone after “${fix.title}”`, () => alike() === before - 1);
    await vscode.commands.executeCommand('undo');
    await until('the finding is back after undo', () => alike() === before);
  });

  it('open their rule’s page from the link', async () => {
    await vscode.commands.executeCommand('rationale.openRulePage', 'missing-image');
    const tab = await until('a preview of the page', () =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .find(
          ({ input, label }) => input instanceof vscode.TabInputWebview && label.includes('missing-image'),
        ),
    );
    await vscode.window.tabGroups.close(tab);
  });

  it('fill the Records view, by topic and by rule', async () => {
    const uri = document.uri.toString();
    const { request } = extension().exports;
    const byRule = await request('rationale/records', { uri, by: 'rule' });
    for (const { rule, record } of PLANTED) {
      const group = byRule.groups.find(({ label }) => label === rule);
      assert.ok(
        group?.records.some(({ id }) => id === record),
        `${rule} lacks ${record}`,
      );
    }
    const byTopic = await request('rationale/records', { uri, by: 'topic' });
    const ids = byTopic.groups.flatMap(({ records }) => records.map(({ id }) => id));
    assert.equal(ids.length, Object.keys(JSON.parse(document.getText())).length);
  });

  it('keep silent in a JSON file that is no dataset', async () => {
    const other = await vscode.workspace.openTextDocument({ language: 'json', content: '{"name": "x"}' });
    await vscode.window.showTextDocument(other);
    assert.deepEqual(currentFindings(other), []);
  });
});

/** The first fix that a person would take without looking, with the rule whose finding it mends. */
async function preferredFix(document: vscode.TextDocument, all: readonly vscode.Diagnostic[]) {
  for (const finding of all) {
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      finding.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ edit, isPreferred }) => edit && isPreferred);
    if (fix) return { rule: ruleOf(finding), fix };
  }
  throw new Error('No finding has a quick fix.');
}
