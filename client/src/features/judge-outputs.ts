import * as vscode from 'vscode';
import { Methods, type OutputsDataset } from '../../../server/src/protocol/messages.ts';
import { SETTINGS_SECTION, type Settings } from '../../../server/src/protocol/settings.ts';
import type { Feature } from '../feature.ts';
import type { Session } from '../session.ts';

const SETTING = 'outputs';

/**
 * *Rationale: Judge This Outputs File…*: asks for the dataset whose records the outputs answer, and keeps the
 * answer in the setting `rationale.outputs`, by which the server goes.
 */
export const judgeOutputs: Feature = ({ session }) =>
  vscode.commands.registerCommand(
    'rationale.judgeOutputs',
    async (target?: vscode.Uri | string, dataset?: string): Promise<void> => {
      const uri =
        typeof target === 'string'
          ? vscode.Uri.parse(target, true)
          : (target ?? vscode.window.activeTextEditor?.document.uri);
      if (!uri) {
        void vscode.window.showInformationMessage('Open the JSON or JSONL file of outputs first.');
        return;
      }
      try {
        const chosen = dataset ? vscode.Uri.parse(dataset, true) : await pickDataset(session, uri);
        if (chosen) await remember(uri, chosen);
      } catch (error) {
        void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      }
    },
  );

/** Asks for the dataset, the one that fits best first. Undefined when the user backs out. */
async function pickDataset(session: Session, uri: vscode.Uri): Promise<vscode.Uri | undefined> {
  const { datasets } = await session.request(Methods.outputsDatasets, { uri: uri.toString() });
  const items = datasets.map((dataset) => ({
    label: vscode.workspace.asRelativePath(vscode.Uri.parse(dataset.uri, true)),
    description: matchWords(dataset),
    uri: vscode.Uri.parse(dataset.uri, true),
  }));
  const browse = { label: 'Another file…', description: '', uri: null };
  const choice = await vscode.window.showQuickPick([...items, browse], {
    title: 'Judge Outputs: dataset',
    placeHolder: 'Which dataset do these outputs answer?',
  });
  if (choice?.uri !== null) return choice?.uri;
  const files = await vscode.window.showOpenDialog({
    title: 'The dataset that the outputs answer',
    defaultUri: vscode.Uri.joinPath(uri, '..'),
    filters: { Datasets: ['json', 'jsonl'] },
  });
  return files?.[0];
}

function matchWords({ matched, outputs, by }: OutputsDataset): string {
  return matched === 0 ? 'has none of these records' : `has ${matched} of ${outputs} records, ${by}`;
}

/** Writes the setting: relative to the workspace's folder where both files lie in it, so that it can be shared. */
async function remember(uri: vscode.Uri, dataset: vscode.Uri): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const isOneFolder = folder !== undefined && folder === vscode.workspace.getWorkspaceFolder(dataset);
  const pathOf = (file: vscode.Uri) =>
    isOneFolder ? vscode.workspace.asRelativePath(file, false) : file.fsPath;
  const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  const named = configuration.get<Settings['outputs']>(SETTING, {});
  // First of all: an earlier pattern may fit the same file.
  const { [pathOf(uri)]: before = '', ...others } = named;
  const setting = typeof before === 'string' ? pathOf(dataset) : { ...before, dataset: pathOf(dataset) };
  await configuration.update(
    SETTING,
    { [pathOf(uri)]: setting, ...others },
    folder ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}
