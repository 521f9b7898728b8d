import * as vscode from 'vscode';
import { Methods, type RunRow } from '../../../server/src/protocol/messages.ts';
import { debounce } from '../debounce.ts';
import type { Feature } from '../feature.ts';
import type { Session } from '../session.ts';
import { basename, percent, plural, shareWithInterval } from '../text.ts';

/** A run, or one of its numbers. */
type Node = { readonly run: RunRow; readonly fact?: Fact };
type Fact = { readonly name: string; readonly value: string; readonly tooltip?: string };

const REFRESH_MS = 300;

/** The Runs view: what was run on which records, and how well it did. */
export const runsView: Feature = ({ session }) => {
  const changed = new vscode.EventEmitter<void>();
  const refresh = debounce(() => changed.fire(), REFRESH_MS);
  const view = vscode.window.createTreeView<Node>('rationale.runs', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem,
      getChildren: async (node) => {
        if (node?.fact) return [];
        if (node) return facts(node.run).map((fact) => ({ run: node.run, fact }));
        const { runs } = await session.request(Methods.runs, {});
        return runs.map((run) => ({ run }));
      },
    },
  });
  return vscode.Disposable.from(
    view,
    changed,
    refresh,
    session.onDidChange(({ what }) => what === 'runs' && refresh()),
    vscode.commands.registerCommand('rationale.deleteRun', (node: Node) => deleteRun(session, node.run)),
    vscode.commands.registerCommand('rationale.openRunDataset', ({ run }: Node) =>
      vscode.window.showTextDocument(vscode.Uri.parse(run.uri, true)),
    ),
  );
};

function getTreeItem({ run, fact }: Node): vscode.TreeItem {
  if (fact) {
    const item = new vscode.TreeItem(fact.name);
    item.id = `${run.id}/${fact.name}`;
    item.description = fact.value;
    item.tooltip = fact.tooltip;
    return item;
  }
  const models = run.cascade ? `${run.cascade.student ?? '?'} → ${run.model}` : run.model;
  const item = new vscode.TreeItem(models, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = run.id;
  const accuracy = run.metrics && `${percent(run.metrics.accuracy)}`;
  item.description = [selection(run), accuracy, !run.finishedAt && 'unfinished'].filter(Boolean).join(' · ');
  item.tooltip = `Run ${run.id}\n${facts(run)
    .map(({ name, value }) => `${name}: ${value}`)
    .join('\n')}`;
  item.iconPath = new vscode.ThemeIcon(run.finishedAt ? 'pass' : 'debug-pause');
  item.contextValue = 'run';
  return item;
}

function facts(run: RunRow): Fact[] {
  const { metrics } = run;
  const stale = run.stale > 0 ? `, ${run.stale} outdated by edits` : '';
  const all: (Fact | null)[] = [
    metrics && {
      name: 'Accuracy',
      value: shareWithInterval(metrics.accuracy),
      tooltip:
        'Correct answers among all records run, with the 95 % interval. An answer that could not be read counts as wrong.',
    },
    metrics && {
      name: 'Coverage',
      value: shareWithInterval(metrics.coverage),
      tooltip: 'Outputs from which an answer could be read, with the 95 % interval.',
    },
    metrics && {
      name: 'Contradictions',
      value: shareWithInterval(metrics.contradictions),
      tooltip:
        'Outputs whose reasoning asserts another choice than their conclusion, among those that assert both.',
    },
    run.cascade && {
      name: 'Sent to the teacher',
      value: run.cascade.sent ? shareWithInterval(run.cascade.sent) : 'the run of the student is gone',
      tooltip: `Records on which fewer than ${100 * run.cascade.below} % of the student's samples agree. The numbers are of both models together.`,
    },
    { name: 'Records', value: `${plural(run.n, 'record')} of ${run.split ?? 'all splits'}${stale}` },
    run.sample && {
      name: 'Sample',
      value: `${run.sample.n}, seed ${run.sample.seed}`,
      tooltip: 'Records drawn so that each topic has its share; another seed draws others.',
    },
    run.rate === null ? null : { name: 'Speed', value: `${run.rate.toFixed(1)} records/s on ${run.device}` },
    { name: 'Prompt', value: `${run.prompt}, setting ${run.setting}` },
    { name: 'Dataset', value: basename(vscode.Uri.parse(run.uri, true)) },
    { name: 'Finished', value: run.finishedAt ? localTime(run.finishedAt) : 'no; annotate again to go on' },
  ];
  return all.filter((fact) => fact !== null);
}

/** `val`, `60 of val`. */
function selection({ split, sample }: RunRow): string {
  const of = split ?? 'all records';
  return sample ? `${sample.n} of ${of}` : of;
}

function localTime(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

async function deleteRun(session: Session, run: RunRow): Promise<void> {
  const remove = 'Delete Run';
  const choice = await vscode.window.showWarningMessage(
    `Delete the run of ${run.model} with its ${plural(run.n + run.stale, 'result')}?`,
    { modal: true, detail: 'The results cannot be brought back; the dataset file is not changed.' },
    remove,
  );
  if (choice !== remove) return;
  try {
    await session.request(Methods.deleteRun, { runId: run.id });
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}
