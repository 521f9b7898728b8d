import * as vscode from 'vscode';
import {
  type CatalogRow,
  type LocalServerRow,
  Methods,
  type ModelRow,
} from '../../../server/src/protocol/messages.ts';
import type { Feature } from '../feature.ts';
import { fetchModel } from './fetch-model.ts';

type Node =
  | { readonly kind: 'model'; readonly row: ModelRow }
  | { readonly kind: 'group'; readonly label: string; readonly nodes: readonly Node[] }
  | { readonly kind: 'catalog'; readonly row: CatalogRow }
  | { readonly kind: 'server'; readonly row: LocalServerRow; readonly model: string };

/**
 * The Models view: what can be run and the device it really ran on, the model servers that answer on this machine
 * while the view is open, and what it takes to run the others.
 */
export const modelsView: Feature = (host) => {
  const { session } = host;
  const changed = new vscode.EventEmitter<void>();
  const view = vscode.window.createTreeView<Node>('rationale.models', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem,
      // Asked only while the view is open.
      getChildren: async (node) => {
        if (node) return node.kind === 'group' ? [...node.nodes] : [];
        const [{ models, catalog }, { servers }] = await Promise.all([
          session.request(Methods.models, null),
          session.request(Methods.localServers, null),
        ]);
        const found = servers.flatMap((row) =>
          row.models.map((model): Node => ({ kind: 'server', row, model })),
        );
        return [
          ...models.map((row): Node => ({ kind: 'model', row })),
          ...group('Served on this machine', found),
          ...group(
            'Not at hand',
            catalog.map((row): Node => ({ kind: 'catalog', row })),
          ),
        ];
      },
    },
  });
  return vscode.Disposable.from(
    view,
    changed,
    session.onDidChange(({ what }) => what === 'models' && changed.fire()),
    vscode.commands.registerCommand('rationale.addEndpoint', (node?: Node) =>
      node?.kind === 'server' ? addEndpoint(node.row, node.model) : undefined,
    ),
    vscode.commands.registerCommand('rationale.fetchModel', (node?: Node) =>
      node?.kind === 'catalog' ? fetchModel(host, node.row) : undefined,
    ),
  );
};

function group(label: string, nodes: readonly Node[]): Node[] {
  return nodes.length > 0 ? [{ kind: 'group', label, nodes }] : [];
}

/** Names a served model in the workspace's settings: from then on it is one of the models. */
async function addEndpoint({ url }: LocalServerRow, model: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('rationale');
  const known = settings.get<Record<string, unknown>>('endpoints', {});
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await settings.update('endpoints', { ...known, [model]: { url, model } }, target);
}

function getTreeItem(node: Node): vscode.TreeItem {
  switch (node.kind) {
    case 'group':
      return new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.Collapsed);
    case 'model':
      return modelItem(node.row);
    case 'catalog':
      return catalogItem(node.row);
    case 'server':
      return serverItem(node.row, node.model);
  }
}

function modelItem(model: ModelRow): vscode.TreeItem {
  const item = new vscode.TreeItem(model.id);
  item.id = `${model.provider}/${model.id}`;
  const role = model.role === 'other' ? model.provider : model.role;
  item.description = [role, model.unavailable ? 'cannot run here' : model.device].filter(Boolean).join(' · ');
  item.tooltip = [
    model.name,
    model.description,
    `Its outputs can be held to ${model.heldTo}.`,
    model.unavailable ?? (model.device ? `Runs on ${model.device}.` : 'Its device is shown once it has run.'),
    ...model.passedOver,
  ].join('\n\n');
  item.iconPath = model.unavailable
    ? new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('problemsWarningIcon.foreground'))
    : new vscode.ThemeIcon(model.role === 'teacher' ? 'mortar-board' : 'hubot');
  return item;
}

function catalogItem({ id, name, place, why, details, canFetch }: CatalogRow): vscode.TreeItem {
  const item = new vscode.TreeItem(name);
  item.id = `catalog/${id}`;
  item.description = place;
  item.tooltip = `${id}\n\n${why}\n\n${details.map((detail) => detail.join(': ')).join('\n')}`;
  item.iconPath = new vscode.ThemeIcon('circle-outline');
  item.contextValue = canFetch ? 'fetchableModel' : undefined;
  return item;
}

function serverItem(server: LocalServerRow, model: string): vscode.TreeItem {
  const item = new vscode.TreeItem(model);
  item.id = `server/${server.url}/${model}`;
  item.description = `${server.name} · ${server.url}`;
  item.tooltip = `${model} is served at ${server.url}. Add it as an endpoint to run it.`;
  item.iconPath = new vscode.ThemeIcon('server');
  item.contextValue = 'localServer';
  return item;
}
