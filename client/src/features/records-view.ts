import * as vscode from 'vscode';
import { Methods, type RecordGroup, type RecordRow } from '../../../server/src/protocol/messages.ts';
import { currentDataset } from '../dataset-editor.ts';
import { debounce } from '../debounce.ts';
import type { Feature } from '../feature.ts';
import type { Session } from '../session.ts';
import { severityIcon, severitySummary } from '../severity.ts';
import { basename, plural } from '../text.ts';

type Grouping = 'topic' | 'rule';
type Node =
  | { readonly kind: 'group'; readonly group: RecordGroup }
  | { readonly kind: 'record'; readonly group: RecordGroup; readonly row: RecordRow };

const REFRESH_MS = 300;

/** The Records view: the dataset's records by topic or by the rules that found something in them. */
export const recordsView: Feature = ({ session }) => {
  const tree = new RecordsTree(session);
  const view = vscode.window.createTreeView('rationale.records', {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  const follow = () => {
    // A click into another file, or the tree itself, keeps the dataset shown.
    tree.dataset = currentDataset(session) ?? tree.openDataset();
    view.description = tree.dataset ? `${basename(tree.dataset)}, by ${tree.grouping}` : '';
  };
  const group = (grouping: Grouping) => () => {
    void vscode.commands.executeCommand('setContext', 'rationale.recordsBy', grouping);
    tree.grouping = grouping;
    follow();
  };
  const refresh = debounce(() => tree.refresh(), REFRESH_MS);
  return vscode.Disposable.from(
    view,
    tree,
    refresh,
    vscode.commands.registerCommand('rationale.records.byTopic', group('topic')),
    vscode.commands.registerCommand('rationale.records.byRule', group('rule')),
    session.onDidChangeDatasets(follow),
    vscode.window.onDidChangeActiveTextEditor(follow),
    session.onDidChange(({ what }) => what === 'records' && refresh()),
  );
};

class RecordsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #session: Session;
  readonly #changed = new vscode.EventEmitter<void>();
  #dataset: vscode.Uri | null = null;
  #grouping: Grouping = 'topic';
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(session: Session) {
    this.#session = session;
  }

  get dataset(): vscode.Uri | null {
    return this.#dataset;
  }

  set dataset(dataset: vscode.Uri | null) {
    if (dataset?.toString() === this.#dataset?.toString()) return;
    this.#dataset = dataset;
    this.refresh();
  }

  get grouping(): Grouping {
    return this.#grouping;
  }

  set grouping(grouping: Grouping) {
    this.#grouping = grouping;
    this.refresh();
  }

  /** The dataset shown now, if it is still open; else any open one. */
  openDataset(): vscode.Uri | null {
    const { datasets } = this.#session;
    return datasets.find((uri) => uri.toString() === this.#dataset?.toString()) ?? datasets[0] ?? null;
  }

  refresh(): void {
    this.#changed.fire();
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node?.kind === 'group') {
      return node.group.records.map((row) => ({ kind: 'record', group: node.group, row }));
    }
    if (node || !this.#dataset) return [];
    const { groups } = await this.#session.request(Methods.records, {
      uri: this.#dataset.toString(),
      by: this.#grouping,
    });
    return groups.map((group) => ({ kind: 'group', group }));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.kind === 'group' ? this.#groupItem(node.group) : this.#recordItem(node.group, node.row);
  }

  #groupItem(group: RecordGroup): vscode.TreeItem {
    const item = new vscode.TreeItem(group.label, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = `${this.#grouping}/${group.label}`;
    if (this.#grouping === 'rule') {
      item.description = plural(group.records.length, 'finding');
      item.iconPath = severityIcon(group.counts);
      item.contextValue = 'rule';
    } else {
      item.description = [plural(group.records.length, 'record'), severitySummary(group.counts)]
        .filter(Boolean)
        .join(', ');
      item.contextValue = 'topic';
    }
    return item;
  }

  #recordItem(group: RecordGroup, row: RecordRow): vscode.TreeItem {
    const item = new vscode.TreeItem(row.label || `record ${row.id}`);
    const { start, end } = row.range;
    item.id = `${this.#grouping}/${group.label}/${row.id}/${start.line}:${start.character}`;
    item.description = row.id;
    item.tooltip = [row.label, `Record ${row.id}, line ${start.line + 1}`, severitySummary(row.counts)]
      .filter(Boolean)
      .join('\n');
    item.iconPath = severityIcon(row.counts);
    // The start alone: selecting a record of twenty lines would only paint the editor blue.
    const place = this.#grouping === 'rule' ? end : start;
    const selection = new vscode.Range(start.line, start.character, place.line, place.character);
    item.command = {
      command: 'vscode.open',
      title: 'Show record',
      arguments: [this.#dataset, { selection }],
    };
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
