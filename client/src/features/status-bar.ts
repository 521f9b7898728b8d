import * as vscode from 'vscode';
import { Methods } from '../../../server/src/protocol/messages.ts';
import type { Feature } from '../feature.ts';
import type { Session } from '../session.ts';

/**
 * One status bar item: the annotation in progress; else, beside a dataset, the device that models really
 * run on; or that the server is down. Hidden where Rationale has nothing to say.
 */
export const statusBar: Feature = ({ session, activity }) => {
  const item = vscode.window.createStatusBarItem('rationale.status', vscode.StatusBarAlignment.Right, 101);
  item.name = 'Rationale';
  let device: string | null = null;

  const show = () => {
    const [job] = activity.jobs;
    if (job) {
      item.text = `$(sync~spin) ${job.message.split(',')[0] || 'Starting model'}`;
      item.tooltip = `Rationale annotates: ${job.title}\n${job.message}`;
      item.command = 'rationale.runs.focus';
    } else if (session.state === 'stopped') {
      item.text = '$(error) Rationale';
      item.tooltip = 'Rationale’s server is not running. Click to start it.';
      item.command = 'rationale.restartServer';
    } else if (showsDataset(session)) {
      item.text = `$(beaker) ${device ?? 'Rationale'}`;
      item.tooltip = device
        ? `Rationale’s models run on ${device}. Click to annotate.`
        : 'Click to annotate.';
      item.command = 'rationale.annotate';
    } else {
      return item.hide();
    }
    item.show();
  };
  const askDevice = async () => {
    const { models } = await session.request(Methods.models, null);
    device = models.find((model) => model.device !== null)?.device ?? null;
    show();
  };

  return vscode.Disposable.from(
    item,
    activity.onDidChange(show),
    session.onDidChangeState(show),
    session.onDidChangeDatasets(show),
    vscode.window.onDidChangeActiveTextEditor(show),
    session.onDidChange(({ what }) => (what === 'models' ? askDevice() : undefined)),
  );
};

function showsDataset(session: Session): boolean {
  const active = vscode.window.activeTextEditor?.document.uri;
  return active !== undefined && session.isDataset(active);
}
