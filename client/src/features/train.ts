import * as vscode from 'vscode';
import { Methods } from '../../../server/src/protocol/messages.ts';
import type { TrainingPlace } from '../../../server/src/protocol/training.ts';
import type { Feature, Host } from '../feature.ts';
import { startTraining } from '../training/start-training.ts';
import { TrainingPanel } from '../training/training-panel.ts';
import { type PageKind, WebviewPanel } from '../webview-panel.ts';
import type { Message, Model } from '../webviews/training/messages.ts';
import { explainTrust } from './trust.ts';

const RECIPES = '**/*.recipe.{yaml,yml}';
const RECIPE = /\.recipe\.ya?ml$/i;

/** *Rationale: Train…* and *Rationale: Check Recipe*: start, or look first, and open the training view. */
export const train: Feature = (host) => {
  const page: PageKind = { name: 'training', extensionUri: host.context.extensionUri };
  const panels = new Map<string, TrainingPanel>();
  const open = (panel: WebviewPanel<Model, Message>, folder: string) => {
    const one = new TrainingPanel(host, panel, folder);
    panels.set(folder, one);
    panel.onDidDispose(() => {
      panels.delete(folder);
      one.dispose();
    });
  };
  const show = (folder: string) => {
    const known = panels.get(folder);
    if (known) return known.reveal();
    const options = { title: 'Training', column: vscode.ViewColumn.Active };
    open(WebviewPanel.create<Model, Message>(page, options), folder);
  };
  const start = async (target: vscode.Uri | undefined, check: boolean): Promise<string | null> => {
    if (!vscode.workspace.isTrusted) return explainTrust();
    const uri = target ?? (await chooseRecipe());
    if (!uri) return null;
    return begin(host, uri, check, show);
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand('rationale.train', (uri?: vscode.Uri) => start(uri, false)),
    vscode.commands.registerCommand('rationale.checkRecipe', (uri?: vscode.Uri) => start(uri, true)),
    vscode.commands.registerCommand('rationale.openTraining', show),
    WebviewPanel.restore<Model, Message>(page, (panel, restored) => {
      const { folder } = restored as { readonly folder: string };
      open(panel, folder);
    }),
    { dispose: () => panels.forEach((one) => void one.dispose()) },
  );
};

/** Gives the URI of the run's folder; null when nothing was started. */
async function begin(
  host: Host,
  uri: vscode.Uri,
  check: boolean,
  show: (folder: string) => void,
): Promise<string | null> {
  try {
    // The server trains by the file.
    await vscode.workspace.textDocuments
      .find((document) => document.uri.toString() === uri.toString())
      ?.save();
    const on = RECIPE.test(uri.path) ? await choosePlace(host, check) : undefined;
    if (on === null) return null;
    const begun = await startTraining(host, { uri, check, on });
    if (!begun) return null;
    show(begun.folder);
    if (begun.notices.length > 0) void vscode.window.showInformationMessage(begun.notices.join(' '));
    return begun.folder;
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`${check ? 'Checking' : 'Training'} failed. ${sentence}`);
    return null;
  }
}

/** Asked only where a cluster answers. Null when the user backs out. */
async function choosePlace({ session }: Host, check: boolean): Promise<TrainingPlace | null> {
  const { places } = await session.request(Methods.trainingPlaces, null);
  if (places.length < 2) return 'local';
  const sbatch = vscode.workspace.getConfiguration('rationale').get<readonly string[]>('sbatch', []);
  const options =
    sbatch.length > 0 ? sbatch.join(' ') : 'without options; rationale.sbatch names a partition, GPUs, time';
  const items: readonly (vscode.QuickPickItem & { readonly place: TrainingPlace })[] = [
    { label: 'On this machine', place: 'local' },
    { label: 'As a job of the cluster', description: `sbatch ${options}`, place: 'slurm' },
  ];
  const title = check ? 'Where is the recipe to be checked?' : 'Where is the student to be trained?';
  return (await vscode.window.showQuickPick(items, { title }))?.place ?? null;
}

/** The recipe in the active editor, or one of the workspace's. Undefined when there is none or the user backs out. */
async function chooseRecipe(): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && RECIPE.test(active.path)) return active;
  const recipes = await vscode.workspace.findFiles(RECIPES, '**/{node_modules,.venv}/**');
  if (recipes.length === 0) {
    void vscode.window.showInformationMessage(
      'There is no recipe here: write one, a file whose name ends in .recipe.yaml; its keys are completed as you type.',
    );
    return undefined;
  }
  const items = recipes
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  const choice = await vscode.window.showQuickPick(items, { title: 'Which recipe?' });
  return choice?.uri;
}
