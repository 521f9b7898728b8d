import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { findings, open, ruleOf } from './editor.ts';

describe('a prompt file in samples/sketchbook/prompts', () => {
  it('says of a misspelt variable what was probably meant, and the fix writes it', async () => {
    const document = await open('prompts/setting-1.prompty');
    assert.equal(document.languageId, 'prompty');
    const text = document.getText();
    const tag = text.indexOf('{{ question }}') + 3;
    const word = new vscode.Range(document.positionAt(tag), document.positionAt(tag + 'question'.length));
    const misspelling = new vscode.WorkspaceEdit();
    misspelling.replace(document.uri, word, 'qestion');
    assert.ok(await vscode.workspace.applyEdit(misspelling));
    const unknown = (all: readonly vscode.Diagnostic[]) =>
      all.filter((finding) => ruleOf(finding) === 'unknown-variable');
    const [finding] = unknown(await findings(document, 'the finding', (all) => unknown(all).length > 0));
    assert.ok(finding);
    assert.equal(document.getText(finding.range), 'qestion');
    assert.ok(typeof finding.code === 'object', 'the finding has no link');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      finding.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ title }) => title === 'Write "question"');
    assert.ok(fix?.edit, actions.map(({ title }) => title).join());
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.equal(document.getText(), text);
    await findings(document, 'the finding is gone', (all) => unknown(all).length === 0);
  });

  it('offers variables with a value from the dataset above it', async () => {
    const document = await open('prompts/setting-1.prompty');
    const at = document.positionAt(document.getText().indexOf('{{ question }}') + 3);
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      at,
    );
    const question = items.find(({ label }) => label === 'question');
    assert.ok(question?.detail, items.map(({ label }) => label).join());
  });
});
