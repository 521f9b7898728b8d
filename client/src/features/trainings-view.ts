import * as vscode from 'vscode';
import { Methods } from '../../../server/src/protocol/messages.ts';
import type { TrainingRow, TrainingStateName } from '../../../server/src/protocol/training.ts';
import { debounce } from '../debounce.ts';
import type { Feature } from '../feature.ts';
import { duration, trainingProgress, trainingState } from '../text.ts';

const REFRESH_MS = 300;
const ICONS: Readonly<Record<TrainingStateName, string>> = {
  new: 'circle-outline',
  checked: 'checklist',
  running: 'loading~spin',
  interrupted: 'debug-disconnect',
  stopped: 'debug-pause',
  failed: 'error',
  finished: 'pass',
};

/** The Trainings view: what is being trained and what was, wherever it was started. */
export const trainingsView: Feature = ({ session }) => {
  const changed = new vscode.EventEmitter<void>();
  const refresh = debounce(() => changed.fire(), REFRESH_MS);
  const view = vscode.window.createTreeView<TrainingRow>('rationale.trainings', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem,
      getChildren: async (row) =>
        row ? [] : [...(await session.request(Methods.trainings, null)).trainings],
    },
  });
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  };
  return vscode.Disposable.from(
    view,
    changed,
    refresh,
    session.onDidChange(({ what }) => what === 'trainings' && refresh()),
    vscode.commands.registerCommand('rationale.stopTraining', ({ folder }: TrainingRow) =>
      act(() => session.request(Methods.stopTraining, { folder })),
    ),
    vscode.commands.registerCommand('rationale.resumeTraining', ({ folder }: TrainingRow) =>
      vscode.commands.executeCommand('rationale.train', vscode.Uri.parse(folder, true)),
    ),
    vscode.commands.registerCommand('rationale.forgetTraining', ({ folder }: TrainingRow) =>
      act(() => session.request(Methods.forgetTraining, { folder })),
    ),
  );
};

function getTreeItem(row: TrainingRow): vscode.TreeItem {
  const item = new vscode.TreeItem(row.name);
  item.id = row.folder;
  const left = row.secondsLeft === null ? '' : `${duration(row.secondsLeft)} left`;
  item.description = [trainingState(row), trainingProgress(row), left].filter(Boolean).join(' · ');
  item.tooltip = [row.name, row.problem, row.model && `Its student is the model ${row.model}.`]
    .filter(Boolean)
    .join('\n\n');
  item.iconPath = new vscode.ThemeIcon(ICONS[row.state]);
  item.contextValue =
    row.state === 'running'
      ? 'training-running'
      : `training-${row.state === 'finished' ? 'finished' : 'ended'}`;
  item.command = { command: 'rationale.openTraining', title: 'Open', arguments: [row.folder] };
  return item;
}
