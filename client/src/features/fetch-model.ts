import * as vscode from 'vscode';
import { type CatalogRow, Methods } from '../../../server/src/protocol/messages.ts';
import type { Host } from '../feature.ts';
import { explainTrust } from './trust.ts';

let lastToken = 0;

/** Fetches a model of the catalog, once the user has seen how large it is and from where it comes. */
export async function fetchModel(host: Host, { id, name }: CatalogRow): Promise<void> {
  if (!vscode.workspace.isTrusted) return void explainTrust();
  try {
    const plan = await vscode.window.withProgress(
      { location: { viewId: 'rationale.models' } },
      (_progress, cancellation) => host.session.request(Methods.planFetch, { model: id }, cancellation),
    );
    const fetch = 'Fetch';
    const choice = await vscode.window.showInformationMessage(
      `Fetch ${name}?`,
      { modal: true, detail: plan.what },
      fetch,
    );
    if (choice === fetch) await bring(host, id, name);
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`${name} was not fetched. ${sentence}`);
  }
}

async function bring({ session, activity }: Host, model: string, name: string): Promise<void> {
  const workDoneToken = `rationale-fetch-${++lastToken}`;
  const title = `Fetching ${name}`;
  const fetched = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (notification, cancellation) =>
      activity.during(title, async (report) => {
        let shown = 0;
        const listening = await session.onProgress(workDoneToken, ({ message = '', percentage = shown }) => {
          notification.report({ message, increment: percentage - shown });
          shown = percentage;
          report(message);
        });
        try {
          return await session.request(Methods.fetchModel, { model, workDoneToken }, cancellation);
        } finally {
          listening.dispose();
        }
      }),
  );
  void vscode.window.showInformationMessage(
    fetched.id === null
      ? `Stopped; fetching ${name} again goes on from there.`
      : `${name} is there, as ${fetched.id}: annotate with it.`,
  );
}
