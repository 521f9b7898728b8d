import * as vscode from 'vscode';
import type { Feature } from '../feature.ts';

/**
 * Keeps the context key `rationale.datasets` (paths of the open datasets; absent while there are none): the
 * annotate button stands in the titles of those editors and of no other JSON file. Paths, since in a remote window the window knows
 * the same file under another scheme.
 */
export const datasetContext: Feature = ({ session }) => {
  const update = () =>
    vscode.commands.executeCommand(
      'setContext',
      'rationale.datasets',
      session.datasets.length > 0 ? session.datasets.map((uri) => uri.fsPath) : undefined,
    );
  return session.onDidChangeDatasets(update);
};
