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

  it('has an outline, and renames an input everywhere with its meaning kept', async () => {
    const document = await open('prompts/setting-1.prompty');
    const before = document.getText();
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    );
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ['front matter', 'user:'],
    );
    assert.ok(symbols[1]?.children.some(({ name }) => name === 'if hint'));
    const at = document.positionAt(before.indexOf('{{ hint }}') + 4);
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      at,
      'clue',
    );
    assert.ok(await vscode.workspace.applyEdit(edit));
    const after = document.getText();
    assert.match(after, /^ {4}fields: \{ clue: hint \}$/m);
    assert.match(after, /\{% if clue %\}\r?\nHint: \{\{ clue \}\}/);
    await findings(document, 'nothing is wrong', (all) => all.every((finding) => finding.severity > 1));
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  });

  it('is formatted by Rationale', async () => {
    const document = await open('prompts/setting-1.prompty');
    const before = document.getText();
    const tight = new vscode.WorkspaceEdit();
    const tag = before.indexOf('{{ question }}');
    const range = new vscode.Range(
      document.positionAt(tag),
      document.positionAt(tag + '{{ question }}'.length),
    );
    tight.replace(document.uri, range, '{{question}}');
    assert.ok(await vscode.workspace.applyEdit(tight));
    await vscode.commands.executeCommand('editor.action.formatDocument');
    assert.equal(document.getText(), before);
  });

  it('is made of a file of another format, in a new editor beside it, and nothing is written', async () => {
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const file = vscode.Uri.joinPath(folder, 'prompts', 'magnets.prompt');
    await vscode.workspace.fs.writeFile(
      file,
      Buffer.from('---\nmodel: a/b\n---\nWhich is it? {{question}}\n'),
    );
    await vscode.commands.executeCommand('rationale.importPrompt', file);
    const { document } = vscode.window.activeTextEditor!;
    assert.equal(document.uri.scheme, 'untitled');
    assert.match(document.uri.path, /prompts\/magnets\.prompty$/);
    assert.equal(document.languageId, 'prompty');
    assert.match(document.getText(), /Which is it\? \{\{ question \}\}/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.workspace.fs.delete(file);
  });
});
