import * as vscode from 'vscode';
import { Methods } from '../../../server/src/protocol/messages.ts';
import type { Feature } from '../feature.ts';

/** Tells the server when the user trusts the workspace: from then on models may run. */
export const trust: Feature = ({ session }) =>
  vscode.workspace.onDidGrantWorkspaceTrust(() => session.notify(Methods.trustGranted));

/** Says why nothing runs in an untrusted workspace. Returns null, for callers that then stop. */
export function explainTrust(): null {
  const manage = 'Manage Workspace Trust';
  void vscode.window
    .showWarningMessage(
      'This workspace is not trusted, so Rationale only checks records and runs no model here. Trust the workspace to annotate.',
      manage,
    )
    .then((choice) => choice && vscode.commands.executeCommand('workbench.trust.manage'));
  return null;
}
