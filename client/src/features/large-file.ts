import * as vscode from 'vscode';
import type { Feature } from '../feature.ts';
import { basename } from '../text.ts';

/** VS Code shows larger files but does not give their text to any extension. */
const EDITOR_LIMIT_BYTES = 50 * 1024 * 1024;

/** Says, in the status bar, why a file over the editor's limit has no findings, and what to do instead. */
export const largeFile: Feature = () => {
  const item = vscode.window.createStatusBarItem('rationale.largeFile', vscode.StatusBarAlignment.Right, 100);
  item.name = 'Rationale: file too large';
  item.text = '$(warning) Too large for Rationale';
  item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  const update = async () => {
    const uri = activeJsonFile();
    if (!uri || !(await isTooLarge(uri))) return item.hide();
    item.tooltip =
      `VS Code does not share files over 50 MB with extensions, so ${basename(uri)} has no findings here. ` +
      'Split it, or check it on the command line: rationale lint.';
    item.show();
  };
  void update();
  return vscode.Disposable.from(item, vscode.window.tabGroups.onDidChangeTabs(update));
};

function activeJsonFile(): vscode.Uri | null {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputText)) return null;
  return /\.jsonl?$/i.test(input.uri.path) ? input.uri : null;
}

async function isTooLarge(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).size > EDITOR_LIMIT_BYTES;
  } catch {
    return false; // Not saved yet, or gone.
  }
}
