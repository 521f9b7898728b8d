/**
 * The real language server as a child process, spoken to over standard input and output as an editor does,
 * in a temporary folder of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CancellationTokenSource,
  type CodeAction,
  type CompletionList,
  createMessageConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type DocumentLink,
  type DocumentSymbol,
  type Hover,
  type InlayHint,
  type Location,
  type MessageConnection,
  type Position,
  ProgressType,
  type Range,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
  type WorkDoneProgressReport,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { InitializationOptions } from '../../server/src/protocol/initialization.ts';
import {
  type AnnotateParams,
  type AnnotateResult,
  Methods,
  type Requests,
} from '../../server/src/protocol/messages.ts';
import type { Settings } from '../../server/src/protocol/settings.ts';

/** Every test starts a server of its own, as it is shipped, and as it was built last: it starts faster than the sources. */
const COMPILE_CACHE = { NODE_COMPILE_CACHE: join(tmpdir(), 'rationale-compile-cache') };

const root = resolve(import.meta.dirname, '../..');

type Falsy = false | null | undefined;

export interface EditorOptions {
  readonly settings?: Partial<Settings>;
  readonly options?: InitializationOptions;
  /** False: an editor that waits for diagnostics to be sent. */
  readonly pulls?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  /** Another server than the project's own, by its path in the project. */
  readonly server?: string;
}

/** An editor with a folder, and the server it has started. */
export class Editor {
  readonly folder: string;
  readonly connection: MessageConnection;
  readonly messages: { method: string; params: unknown }[] = [];
  /** What the server sent unasked, by URI. */
  readonly published = new Map<string, Diagnostic[]>();
  settings: Partial<Settings>;
  private readonly server: ChildProcess;
  private readonly documents = new Map<string, { readonly version: number; readonly text: string }>();
  private readonly listeners = new Set<() => void>();
  private lastToken = 0;

  private constructor(
    folder: string,
    { settings = {}, environment = {}, server = 'dist/server.js' }: EditorOptions,
  ) {
    this.folder = folder;
    this.settings = settings;
    this.server = spawn(process.execPath, [join(root, server), '--stdio'], {
      env: {
        ...process.env,
        RATIONALE_STORE: join(folder, 'store.sqlite'),
        ...COMPILE_CACHE,
        ...environment,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const reader = new StreamMessageReader(this.server.stdout!);
    this.connection = createMessageConnection(reader, new StreamMessageWriter(this.server.stdin!));
    this.connection.onRequest('workspace/configuration', () => [this.settings]);
    this.connection.onRequest((method, params) => this.received(method, params, null));
    this.connection.onNotification((method, params) => this.received(method, params, undefined));
    this.connection.listen();
    // What is still asked of a server that is gone fails at once.
    this.server.once('exit', () => this.connection.dispose());
  }

  /** Starts a server for an editor that has a new folder open, or `folder`. */
  static async start(
    options: EditorOptions = {},
    folder = mkdtempSync(join(tmpdir(), 'rationale-lsp-')),
  ): Promise<Editor> {
    const editor = new Editor(folder, options);
    const { pulls = true } = options;
    await editor.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(folder).href,
      initializationOptions: options.options,
      capabilities: {
        workspace: {
          configuration: true,
          didChangeWatchedFiles: { dynamicRegistration: true },
          diagnostics: { refreshSupport: true },
          inlayHint: { refreshSupport: true },
        },
        textDocument: {
          ...(pulls ? { diagnostic: {} } : {}),
          ...{ publishDiagnostics: {}, formatting: { dynamicRegistration: true } },
        },
        window: { workDoneProgress: true },
      },
    });
    await editor.connection.sendNotification('initialized', {});
    return editor;
  }

  /** Ends the server and, unless it is to be used again, removes the folder. */
  async stop({ keep = false } = {}): Promise<void> {
    await this.connection.sendRequest('shutdown');
    const ended = new Promise((resolve) => this.server.once('exit', resolve));
    await this.connection.sendNotification('exit');
    await ended;
    if (!keep) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Ends the server as the system would that runs out of memory. The folder stays. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.server.once('exit', resolve));
    this.server.kill('SIGKILL');
    await ended;
  }

  /** Of the server's process. */
  get pid(): number {
    return this.server.pid as number;
  }

  get isAlive(): boolean {
    return this.server.exitCode === null && this.server.signalCode === null;
  }

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** Writes a file and opens it. */
  async open(name: string, text: string): Promise<string> {
    const uri = pathToFileURL(this.write(name, text)).href;
    this.documents.set(uri, { version: 1, text });
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: name.endsWith('.prompty') ? 'prompty' : 'json', version: 1, text },
    });
    return uri;
  }

  async close(uri: string): Promise<void> {
    this.documents.delete(uri);
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** The text of an open document. */
  textOf(uri: string): string {
    return this.documents.get(uri)!.text;
  }

  textAt(uri: string, { start, end }: Range): string {
    const text = this.textOf(uri);
    return text.slice(offsetAt(text, start), offsetAt(text, end));
  }

  /** Where `needle` stands, the `nth` time, counted from 0. */
  find(uri: string, needle: string, nth = 0): Range {
    const { text } = this.documents.get(uri)!;
    let offset = -1;
    for (let i = 0; i <= nth; i++) offset = text.indexOf(needle, offset + 1);
    if (offset === -1) throw new Error(`${needle} is not in ${uri}`);
    return { start: positionAt(text, offset), end: positionAt(text, offset + needle.length) };
  }

  /** Replaces `needle` in the open document. */
  async replace(uri: string, needle: string, newText: string, nth = 0): Promise<void> {
    await this.apply(uri, [{ range: this.find(uri, needle, nth), newText }]);
  }

  /** Applies edits from the last to the first, as one change. */
  async apply(uri: string, edits: readonly TextEdit[]): Promise<void> {
    let { text, version } = this.documents.get(uri)!;
    const ordered = [...edits].sort((a, b) => offsetAt(text, b.range.start) - offsetAt(text, a.range.start));
    const contentChanges = ordered.map(({ range, newText }) => ({ range, text: newText }));
    for (const { range, newText } of ordered) {
      text = text.slice(0, offsetAt(text, range.start)) + newText + text.slice(offsetAt(text, range.end));
    }
    this.documents.set(uri, { text, version: ++version });
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  /** Sends one edit without keeping the text: for files so large that keeping it would take longer than the server. */
  async type(uri: string, { range, newText }: TextEdit): Promise<void> {
    const document = this.documents.get(uri)!;
    const version = document.version + 1;
    this.documents.set(uri, { ...document, version });
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ range, text: newText }],
    });
  }

  async diagnose(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.connection.sendRequest('textDocument/diagnostic', {
      textDocument: { uri },
      previousResultId,
    });
  }

  /** Its findings as `line rule`, counted from 0, sorted. */
  async findings(uri: string): Promise<string[]> {
    return (await this.diagnostics(uri)).map(({ range, code }) => `${range.start.line} ${code}`);
  }

  async diagnostics(uri: string): Promise<Diagnostic[]> {
    const report = await this.diagnose(uri);
    return report.kind === 'full' ? report.items : [];
  }

  async hover(uri: string, position: Position): Promise<string | null> {
    const hover = await this.connection.sendRequest<Hover | null>('textDocument/hover', {
      textDocument: { uri },
      position,
    });
    return hover && (hover.contents as { value: string }).value;
  }

  async completions(uri: string, position: Position): Promise<CompletionList | null> {
    return this.connection.sendRequest('textDocument/completion', { textDocument: { uri }, position });
  }

  async hints(
    uri: string,
    range: Range = { start: { line: 0, character: 0 }, end: { line: 1e6, character: 0 } },
  ): Promise<InlayHint[]> {
    return this.connection.sendRequest('textDocument/inlayHint', { textDocument: { uri }, range });
  }

  async actions(uri: string, range: Range, diagnostics: Diagnostic[] = []): Promise<CodeAction[]> {
    return this.connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics },
    });
  }

  async definition(uri: string, position: Position): Promise<Location[]> {
    return this.connection.sendRequest('textDocument/definition', { textDocument: { uri }, position });
  }

  async references(uri: string, position: Position): Promise<Location[]> {
    return this.connection.sendRequest('textDocument/references', {
      textDocument: { uri },
      position,
      context: { includeDeclaration: false },
    });
  }

  async symbols(uri: string): Promise<DocumentSymbol[]> {
    return this.connection.sendRequest('textDocument/documentSymbol', { textDocument: { uri } });
  }

  async links(uri: string): Promise<DocumentLink[]> {
    return this.connection.sendRequest('textDocument/documentLink', { textDocument: { uri } });
  }

  /** The edits of a rename in the file itself. */
  async rename(uri: string, position: Position, newName: string): Promise<TextEdit[]> {
    const edit: WorkspaceEdit = await this.connection.sendRequest('textDocument/rename', {
      textDocument: { uri },
      position,
      newName,
    });
    return edit.changes?.[uri] ?? [];
  }

  async renameRange(uri: string, position: Position): Promise<Range | null> {
    return this.connection.sendRequest('textDocument/prepareRename', { textDocument: { uri }, position });
  }

  async format(uri: string): Promise<TextEdit[]> {
    const options = { tabSize: 2, insertSpaces: true };
    return this.connection.sendRequest('textDocument/formatting', { textDocument: { uri }, options });
  }

  request<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
  ): Promise<Requests[M]['result']> {
    return this.connection.sendRequest(method, params);
  }

  /** Annotates, passing progress on. `cancel` ends the request when its promise is fulfilled. */
  async annotate(
    params: AnnotateParams,
    {
      onProgress,
      cancel,
    }: { onProgress?: (report: WorkDoneProgressReport) => void; cancel?: AbortSignal } = {},
  ): Promise<AnnotateResult> {
    const source = new CancellationTokenSource();
    cancel?.addEventListener('abort', () => source.cancel());
    const workDoneToken = `annotate-${++this.lastToken}`;
    const listening = this.connection.onProgress(
      new ProgressType<WorkDoneProgressReport>(),
      workDoneToken,
      (value) => onProgress?.(value),
    );
    try {
      return await this.connection.sendRequest(Methods.annotate, { ...params, workDoneToken }, source.token);
    } finally {
      listening.dispose();
    }
  }

  async changeSettings(settings: Partial<Settings>): Promise<void> {
    this.settings = settings;
    await this.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  }

  /** Waits until `condition` gives something other than false, null or undefined; looks again after each message. */
  async until<T>(what: string, condition: () => T | Promise<T>, limit = 10_000): Promise<Exclude<T, Falsy>> {
    const deadline = performance.now() + limit;
    for (;;) {
      const value = await condition();
      if (value) return value as Exclude<T, Falsy>;
      if (performance.now() > deadline) throw new Error(`In ${limit} ms it did not come to this: ${what}.`);
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.listeners.delete(done);
          resolve();
        };
        const timer = setTimeout(done, 100);
        this.listeners.add(done);
      });
    }
  }

  private received<T>(method: string, params: unknown, answer: T): T {
    this.messages.push({ method, params });
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: Diagnostic[] };
      this.published.set(uri, diagnostics);
    }
    for (const listener of this.listeners) listener();
    return answer;
  }
}

/** The texts of tests end their lines with `\n` only. */
function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length - 1, character: lines.at(-1)!.length };
}

function offsetAt(text: string, { line, character }: Position): number {
  let start = 0;
  for (let i = 0; i < line; i++) start = text.indexOf('\n', start) + 1;
  return start + character;
}
