import type * as vscode from 'vscode';
import { Activity } from './activity.ts';
import type { Feature } from './feature.ts';
import { annotate } from './features/annotate.ts';
import { datasetContext } from './features/dataset-context.ts';
import { endpointAccess } from './features/endpoint-access.ts';
import { faithfulness } from './features/faithfulness.ts';
import { importPrompt } from './features/import-prompt.ts';
import { judgeOutputs } from './features/judge-outputs.ts';
import { largeFile } from './features/large-file.ts';
import { matrix } from './features/matrix.ts';
import { modelsView } from './features/models-view.ts';
import { output } from './features/output.ts';
import { preview } from './features/preview.ts';
import { rationales } from './features/rationales.ts';
import { recordsView } from './features/records-view.ts';
import { rulePage } from './features/rule-page.ts';
import { runsView } from './features/runs-view.ts';
import { statusBar } from './features/status-bar.ts';
import { train } from './features/train.ts';
import { trainingsView } from './features/trainings-view.ts';
import { trust } from './features/trust.ts';
import { Session } from './session.ts';

/** Everything the extension adds to the editor. A new feature is one file and one line here. */
const features: readonly Feature[] = [
  annotate,
  datasetContext,
  endpointAccess,
  faithfulness,
  importPrompt,
  judgeOutputs,
  largeFile,
  matrix,
  modelsView,
  output,
  preview,
  rationales,
  recordsView,
  rulePage,
  runsView,
  statusBar,
  train,
  trainingsView,
  trust,
];

/** What other extensions, and the tests, may call. */
export interface Api {
  /** Sends one of the protocol's requests to the server. */
  readonly request: Session['request'];
}

export function activate(context: vscode.ExtensionContext): Api {
  const session = new Session(context.asAbsolutePath('dist/server.js'));
  const activity = new Activity();
  context.subscriptions.push(session, activity);
  for (const feature of features) context.subscriptions.push(feature({ context, session, activity }));
  // After activation: the editor goes on while the server starts.
  setImmediate(() => session.start());
  return { request: session.request.bind(session) };
}
