import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type {
  ChangedParams,
  ClientNotifications,
  EndpointAccessParams,
  EndpointAccessResult,
  MatrixProgressParams,
  PartialOutputParams,
  Requests,
} from '../../server/src/protocol/messages.ts';
import type { ProgressReport, ServerState } from './language-client.ts';

/** The language server as the features see it. The language client behind it is loaded at the first use. */
export class Session implements vscode.Disposable {
  readonly output = vscode.window.createOutputChannel('Rationale', { log: true });
  readonly #serverModule: string;
  readonly #changed = new vscode.EventEmitter<ChangedParams>();
  readonly #datasetsChanged = new vscode.EventEmitter<void>();
  readonly #partialOutput = new vscode.EventEmitter<PartialOutputParams>();
  readonly #matrixProgress = new vscode.EventEmitter<MatrixProgressParams>();
  readonly #stateChanged = new vscode.EventEmitter<void>();
  #loading: Promise<LanguageClient> | null = null;
  #datasets: readonly vscode.Uri[] = [];
  #state: ServerState = 'starting';
  #endpointAccess: (params: EndpointAccessParams) => Promise<EndpointAccessResult> = async () => ({
    allowed: false,
    key: null,
  });

  /** Something that a view shows has changed. */
  readonly onDidChange = this.#changed.event;
  readonly onDidChangeDatasets = this.#datasetsChanged.event;
  /** What a model has written so far, for whoever asked to watch. */
  readonly onPartialOutput = this.#partialOutput.event;
  /** What a matrix has come to, for whoever asked to watch. */
  readonly onMatrixProgress = this.#matrixProgress.event;
  readonly onDidChangeState = this.#stateChanged.event;

  constructor(serverModule: string) {
    this.#serverModule = serverModule;
  }

  /** The open documents that the server reads as datasets. */
  get datasets(): readonly vscode.Uri[] {
    return this.#datasets;
  }

  get state(): ServerState {
    return this.#state;
  }

  isDataset(uri: vscode.Uri): boolean {
    return this.#datasets.some((dataset) => dataset.toString() === uri.toString());
  }

  /** Has `answer` asked before anything is sent to an endpoint. */
  answerEndpointAccess(answer: (params: EndpointAccessParams) => Promise<EndpointAccessResult>): void {
    this.#endpointAccess = answer;
  }

  /** Starts the server, or waits for a start under way. The language client shows and logs a failure. */
  async start(): Promise<void> {
    const client = await this.#client();
    await client.start().catch(() => undefined);
  }

  /** Stops the server, if it runs, and starts it. */
  async restart(): Promise<void> {
    const client = await this.#client();
    if (this.#state === 'running') await client.stop();
    await this.start();
  }

  /**
   * Asks the server, once it is up.
   * @throws Error whose message is one sentence for the user.
   */
  async request<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
    cancellation?: vscode.CancellationToken,
  ): Promise<Requests[M]['result']> {
    await this.start();
    if (this.#state !== 'running') {
      throw new Error('Rationale’s server does not start; “Rationale: Show Output” says why.');
    }
    const client = await this.#client();
    // An absent token must not be passed on: the client would send it as a second parameter.
    return cancellation
      ? client.sendRequest<Requests[M]['result']>(method, params, cancellation)
      : client.sendRequest<Requests[M]['result']>(method, params);
  }

  async notify(method: keyof ClientNotifications): Promise<void> {
    const client = await this.#client();
    await client.sendNotification(method);
  }

  /** Calls `listener` with each work-done report under `token`, until disposed. */
  async onProgress(token: string, listener: (report: ProgressReport) => void): Promise<vscode.Disposable> {
    const { listenToProgress } = await import('./language-client.ts');
    return listenToProgress(await this.#client(), token, listener);
  }

  dispose(): void {
    void this.#loading?.then((client) => client.dispose());
    this.output.dispose();
    this.#changed.dispose();
    this.#datasetsChanged.dispose();
    this.#partialOutput.dispose();
    this.#matrixProgress.dispose();
    this.#stateChanged.dispose();
  }

  /** Loading the language client takes longer than all the rest of the activation; hence not before it. */
  #client(): Promise<LanguageClient> {
    this.#loading ??= import('./language-client.ts').then(({ createClient }) =>
      createClient(this.#serverModule, this.output, {
        endpointAccess: (params) => this.#endpointAccess(params),
        changed: (params) => this.#changed.fire(params),
        datasets: ({ uris }) => this.#setDatasets(uris.map((uri) => vscode.Uri.parse(uri, true))),
        partialOutput: (params) => this.#partialOutput.fire(params),
        matrixProgress: (params) => this.#matrixProgress.fire(params),
        state: (state) => {
          this.#state = state;
          if (state !== 'running') this.#setDatasets([]);
          this.#stateChanged.fire();
        },
      }),
    );
    return this.#loading;
  }

  #setDatasets(uris: readonly vscode.Uri[]): void {
    this.#datasets = uris;
    this.#datasetsChanged.fire();
  }
}
