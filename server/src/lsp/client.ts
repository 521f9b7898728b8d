import type {
  ClientCapabilities,
  Connection,
  DocumentFilter,
  WorkDoneProgressReporter,
} from 'vscode-languageserver/node';
import {
  type ChangedParams,
  type EndpointAccessParams,
  type EndpointAccessResult,
  type MatrixProgressParams,
  Methods,
  type PartialOutputParams,
} from '../protocol/messages.ts';
import { Throttle } from './throttle.ts';

/** No view is told of changes, and no editor asked to pull, more often than this. Milliseconds. */
const PAUSE = 500;

/** The editor, as far as the server speaks to it unasked. */
export class Client {
  private readonly connection: Connection;
  private readonly capabilities: ClientCapabilities;
  private readonly refresh: Throttle;
  private readonly changed = new Map<string, Throttle>();
  private datasets: readonly string[] = [];

  /** @param publish sends all diagnostics to an editor that does not pull them */
  constructor(connection: Connection, capabilities: ClientCapabilities, publish: () => void) {
    this.connection = connection;
    this.capabilities = capabilities;
    this.refresh = new Throttle(() => {
      if (this.pullsDiagnostics) this.ask('workspace/diagnostic/refresh');
      else publish();
      if (capabilities.workspace?.inlayHint?.refreshSupport) this.ask('workspace/inlayHint/refresh');
    }, PAUSE);
  }

  /** An editor that cannot be asked to pull again is sent its diagnostics instead. */
  get pullsDiagnostics(): boolean {
    const { textDocument, workspace } = this.capabilities;
    return textDocument?.diagnostic !== undefined && workspace?.diagnostics?.refreshSupport === true;
  }

  /** Findings or hints have changed without an edit: the editor shows them anew. */
  refreshFindings(): void {
    this.refresh.request();
  }

  /** Something a view shows has changed. */
  tellChanged(params: ChangedParams): void {
    const key = `${params.what} ${params.uri}`;
    let throttle = this.changed.get(key);
    if (!throttle) {
      throttle = new Throttle(() => this.notify(Methods.changed, params), PAUSE);
      this.changed.set(key, throttle);
    }
    throttle.request();
  }

  /** Tells which open documents are datasets, when that has changed. */
  tellDatasets(uris: readonly string[]): void {
    if (uris.length === this.datasets.length && uris.every((uri, i) => uri === this.datasets[i])) return;
    this.datasets = uris;
    this.notify(Methods.datasets, { uris });
  }

  /** Shows what a model has written so far, to whom asked for it. */
  tellPartialOutput(params: PartialOutputParams): void {
    this.notify(Methods.partialOutput, params);
  }

  /** Shows what a matrix has come to, to whom asked for it. */
  tellMatrixProgress(params: MatrixProgressParams): void {
    this.notify(Methods.matrixProgress, params);
  }

  /** Asks to be told of changes to these files. */
  watch(globs: readonly string[]): void {
    if (!this.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration) return;
    const watchers = globs.map((globPattern) => ({ globPattern }));
    this.register('workspace/didChangeWatchedFiles', { watchers });
  }

  /** Whether the editor can be told of which files formatting is offered. */
  get choosesFormatters(): boolean {
    return this.capabilities.textDocument?.formatting?.dynamicRegistration === true;
  }

  /** Offers formatting of these files, and of no others: for those the editor has formatters of its own. */
  offerFormatting(documentSelector: readonly DocumentFilter[]): void {
    if (this.choosesFormatters) this.register('textDocument/formatting', { documentSelector });
  }

  /** Asks the user, through the editor, whether something may be sent and with which key. */
  endpointAccess(params: EndpointAccessParams): Promise<EndpointAccessResult> {
    return this.connection.sendRequest(Methods.endpointAccess, params);
  }

  /** The progress that the editor asked for under this token; one that says nothing when it did not. */
  progress(token: string | number | undefined): WorkDoneProgressReporter {
    return this.connection.window.attachWorkDoneProgress(token);
  }

  log(sentence: string): void {
    this.connection.console.log(sentence);
  }

  logError(what: string, error: unknown): void {
    this.connection.console.error(`${what}: ${error instanceof Error ? error.stack : String(error)}`);
  }

  private register(method: string, registerOptions: unknown): void {
    this.ask('client/registerCapability', {
      registrations: [{ id: `rationale ${method}`, method, registerOptions }],
    });
  }

  private notify(method: string, params: unknown): void {
    this.connection.sendNotification(method, params).catch(() => undefined);
  }

  private ask(method: string, params?: unknown): void {
    // An editor that answers with an error, or is gone, is none of our business.
    this.connection.sendRequest(method, params).catch(() => undefined);
  }
}
