import * as vscode from 'vscode';
import { Methods } from '../../../server/src/protocol/messages.ts';
import type { Feature } from '../feature.ts';
import { basename } from '../text.ts';

/**
 * *Rationale: Import Prompt…*: a prompt file of another format as one of ours, in a new editor beside it: whoever wants
 * to keep it saves it.
 */
export const importPrompt: Feature = ({ session }) =>
  vscode.commands.registerCommand('rationale.importPrompt', async (target?: vscode.Uri): Promise<void> => {
    const uri = target ?? (await pickFile());
    if (!uri) return;
    try {
      const { text, from, notes } = await session.request(Methods.importPrompt, { uri: uri.toString() });
      const document = await vscode.workspace.openTextDocument(await freshName(uri));
      const edit = new vscode.WorkspaceEdit();
      const { start, end } = document.validateRange(new vscode.Range(0, 0, document.lineCount, 0));
      edit.replace(document.uri, new vscode.Range(start, end), text);
      await vscode.workspace.applyEdit(edit);
      await vscode.window.showTextDocument(document);
      const said = `${basename(uri)} was read as ${from}.`;
      if (notes.length > 0) void vscode.window.showWarningMessage([said, ...notes].join(' '));
      else void vscode.window.showInformationMessage(said);
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`Nothing was imported. ${sentence}`);
    }
  });

async function pickFile(): Promise<vscode.Uri | undefined> {
  const files = await vscode.window.showOpenDialog({
    title: 'Import Prompt: dotprompt, GitHub Models, or a task of lm-eval or lmms-eval',
    filters: { Prompts: ['prompt', 'yml', 'yaml'] },
  });
  return files?.[0];
}

/** A name beside the file that no file has, of one that is not saved yet. */
async function freshName(uri: vscode.Uri): Promise<vscode.Uri> {
  const stem = basename(uri).replace(/(\.prompt)?(\.ya?ml)?$/, '');
  for (let count = 1; ; count++) {
    const name = `${stem}${count > 1 ? `-${count}` : ''}.prompty`;
    const path = vscode.Uri.joinPath(uri, '..', name);
    const isThere = await vscode.workspace.fs.stat(path).then(
      () => true,
      () => false,
    );
    if (!isThere) return path.with({ scheme: 'untitled' });
  }
}
