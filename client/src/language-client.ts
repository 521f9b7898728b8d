import * as vscode from 'vscode';
import { LanguageClient, State, TransportKind, WorkDoneProgress } from 'vscode-languageclient/node';
import type { InitializationOptions } from '../../server/src/protocol/initialization.ts';
import {
  type ChangedParams,
  type DatasetsParams,
  type EndpointAccessParams,
  type EndpointAccessResult,
  type MatrixProgressParams,
  Methods,
  type PartialOutputParams,
} from '../../server/src/protocol/messages.ts';
import { SETTINGS_SECTION } from '../../server/src/protocol/settings.ts';
import { presentation } from './presentation.ts';
import { RestartPolicy } from './restart-policy.ts';

/** The commands that hovers may link to. */
const HOVER_COMMANDS = ['rationale.annotate', 'rationale.openRulePage', 'vscode.open'];

export type ServerState = 'starting' | 'running' | 'stopped';

/** What a work-done report says. */
export interface ProgressReport {
  readonly message?: string;
  /** 0 to 100. */
  readonly percentage?: number;
}

/** What the server says and asks by itself. */
export interface ServerEvents {
  readonly endpointAccess: (params: EndpointAccessParams) => Promise<EndpointAccessResult>;
  readonly changed: (params: ChangedParams) => void;
  readonly datasets: (params: DatasetsParams) => void;
  readonly partialOutput: (params: PartialOutputParams) => void;
  readonly matrixProgress: (params: MatrixProgressParams) => void;
  readonly state: (state: ServerState) => void;
}

/** The language client on the server's bundle, not started yet. */
export function createClient(
  serverModule: string,
  outputChannel: vscode.LogOutputChannel,
  events: ServerEvents,
): LanguageClient {
  const server = { module: serverModule, transport: TransportKind.ipc };
  // A function: when the server is started again, the workspace may have become trusted.
  const initializationOptions = (): InitializationOptions => ({
    trusted: vscode.workspace.isTrusted,
    grantsEndpointAccess: true,
  });
  const client = new LanguageClient(
    'rationale',
    'Rationale',
    { run: server, debug: { ...server, options: { execArgv: ['--nolazy', '--inspect=6009'] } } },
    {
      documentSelector: [
        { scheme: 'file', language: 'json' },
        { scheme: 'file', language: 'jsonl' },
        { scheme: 'file', language: 'prompty' },
        // Other YAML is none of ours, and recipes stay YAML for every other extension.
        { scheme: 'file', pattern: '**/*.recipe.{yaml,yml}' },
      ],
      initializationOptions,
      // The server pulls the settings; this tells it when to.
      synchronize: { configurationSection: SETTINGS_SECTION },
      outputChannel,
      errorHandler: new RestartPolicy(),
      markdown: { supportHtml: true, isTrusted: { enabledCommands: HOVER_COMMANDS } },
      middleware: presentation,
    },
  );
  client.onRequest(Methods.endpointAccess, events.endpointAccess);
  client.onNotification(Methods.changed, events.changed);
  client.onNotification(Methods.datasets, events.datasets);
  client.onNotification(Methods.partialOutput, events.partialOutput);
  client.onNotification(Methods.matrixProgress, events.matrixProgress);
  client.onDidChangeState(({ newState }) => events.state(stateOf(newState)));
  return client;
}

/** Calls `listener` with each work-done report under `token`, until disposed. */
export function listenToProgress(
  client: LanguageClient,
  token: string,
  listener: (report: ProgressReport) => void,
): vscode.Disposable {
  return client.onProgress(WorkDoneProgress.type, token, (value) => {
    if (value.kind !== 'end') listener(value);
  });
}

function stateOf(state: State): ServerState {
  switch (state) {
    case State.Running:
      return 'running';
    case State.Starting:
      return 'starting';
    default:
      return 'stopped';
  }
}
