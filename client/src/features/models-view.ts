import * as vscode from 'vscode';
import { Methods, type ModelRow } from '../../../server/src/protocol/messages.ts';
import type { Feature } from '../feature.ts';

/** The Models view: what can be run, and the device it really ran on. */
export const modelsView: Feature = ({ session }) => {
  const changed = new vscode.EventEmitter<void>();
  const view = vscode.window.createTreeView<ModelRow>('rationale.models', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem,
      getChildren: async (model) => (model ? [] : [...(await session.request(Methods.models, null)).models]),
    },
  });
  return vscode.Disposable.from(
    view,
    changed,
    session.onDidChange(({ what }) => what === 'models' && changed.fire()),
  );
};

function getTreeItem(model: ModelRow): vscode.TreeItem {
  const item = new vscode.TreeItem(model.id);
  item.id = `${model.provider}/${model.id}`;
  const role = model.role === 'other' ? model.provider : model.role;
  item.description = [role, model.unavailable ? 'cannot run here' : model.device].filter(Boolean).join(' · ');
  item.tooltip = [
    model.name,
    model.description,
    model.unavailable ?? (model.device ? `Runs on ${model.device}.` : 'Its device is shown once it has run.'),
  ].join('\n\n');
  item.iconPath = model.unavailable
    ? new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('problemsWarningIcon.foreground'))
    : new vscode.ThemeIcon(model.role === 'teacher' ? 'mortar-board' : 'hubot');
  return item;
}
