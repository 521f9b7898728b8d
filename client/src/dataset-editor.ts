import * as vscode from 'vscode';
import type { Session } from './session.ts';

/** The dataset in the active editor, or the only open one; null when it is not clear which is meant. */
export function currentDataset(session: Session): vscode.Uri | null {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && session.isDataset(active)) return active;
  return session.datasets.length === 1 ? session.datasets[0]! : null;
}

/** The dataset meant, asking the user when it is not clear. Null when there is none or the user backs out. */
export async function chooseDataset(session: Session): Promise<vscode.Uri | null> {
  const current = currentDataset(session);
  if (current) return current;
  if (session.datasets.length === 0) {
    const find = 'Open Dataset…';
    void vscode.window
      .showInformationMessage(
        'No dataset is open: open a problems.json or a .jsonl file of questions with choices first.',
        find,
      )
      .then((choice) => choice && vscode.commands.executeCommand('workbench.action.quickOpen', '.json'));
    return null;
  }
  const items = session.datasets.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const choice = await vscode.window.showQuickPick(items, { title: 'Which dataset?' });
  return choice?.uri ?? null;
}
