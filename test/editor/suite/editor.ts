import * as vscode from 'vscode';
import type { Api } from '../../../client/src/extension.ts';
import { until } from './until.ts';

export function extension(): vscode.Extension<Api> {
  const found = vscode.extensions.getExtension<Api>('rationale.rationale');
  if (!found) throw new Error('The extension is not installed.');
  return found;
}

/** A file of the workspace copy. */
export function workspaceFile(name: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
}

export async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(workspaceFile(name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Rationale's findings of a file, once `enough` holds of them. */
export function findings(
  document: vscode.TextDocument,
  what: string,
  enough: (findings: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  return until(what, () => {
    const all = currentFindings(document);
    return enough(all) ? all : null;
  });
}

export function currentFindings(document: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri).filter((finding) => finding.source === 'rationale');
}

/** The id of the rule that made a finding. */
export function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** A record's lines, from its key to its closing brace. */
export function recordRange(document: vscode.TextDocument, id: string): vscode.Range {
  const text = document.getText();
  const start = text.indexOf(`"${id}": {`);
  if (start < 0) throw new Error(`No record ${id}.`);
  const end = start + /\n\s*\}/.exec(text.slice(start))!.index;
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
