import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Feature } from '../feature.ts';

/** *Rationale: Open Rule Page…*: what a rule finds, why it matters, an example and its fix. */
export const rulePage: Feature = ({ context }) =>
  vscode.commands.registerCommand('rationale.openRulePage', async (given?: string) => {
    const rule =
      given ??
      (await vscode.window.showQuickPick(rules(context), { title: 'Which rule?', matchOnDescription: true }))
        ?.label;
    if (!rule) return;
    const page = vscode.Uri.joinPath(context.extensionUri, 'docs', 'rules', `${rule}.md`);
    if (!existsSync(page.fsPath)) {
      void vscode.window.showErrorMessage(`Rationale has no page for the rule “${rule}”.`);
      return;
    }
    await vscode.commands.executeCommand('markdown.showPreviewToSide', page);
  });

/** The rules as the settings know them; that block of the manifest is generated from the rules. */
function rules(context: vscode.ExtensionContext): vscode.QuickPickItem[] {
  const { properties } = context.extension.packageJSON.contributes.configuration;
  const known: Record<string, { description?: string }> = properties['rationale.rules']?.properties ?? {};
  return Object.entries(known).map(([label, { description = '' }]) => ({ label, description }));
}
