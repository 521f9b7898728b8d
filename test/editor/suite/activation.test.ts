import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension, open } from './editor.ts';

describe('the extension', () => {
  it('opens no editor, view or message by itself', async () => {
    const before = vscode.window.tabGroups.all.flatMap((group) => group.tabs).length;
    await open('problems.json');
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    assert.equal(tabs.length, before + 1);
  });

  it('registers every command that its manifest names', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const { command } of extension().packageJSON.contributes.commands) {
      assert.ok(registered.has(command), command);
    }
  });
});
