import * as vscode from 'vscode';
import { type CatalogRow, Methods } from '../../../server/src/protocol/messages.ts';
import type { Host } from '../feature.ts';
import { longRequest } from '../long-request.ts';
import { explainTrust } from './trust.ts';

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

async function bring(host: Host, model: string, name: string): Promise<void> {
  const fetched = await longRequest(host, { title: name, verb: 'Fetching' }, Methods.fetchModel, { model });
  void vscode.window.showInformationMessage(
    fetched.id === null
      ? `Stopped; fetching ${name} again goes on from there.`
      : `${name} is there, as ${fetched.id}: annotate with it.`,
  );
}
