import * as vscode from 'vscode';
import { type MatrixCellView, type MatrixView, Methods } from '../../../server/src/protocol/messages.ts';
import { explainTrust } from '../features/trust.ts';
import type { Session } from '../session.ts';
import { basename } from '../text.ts';
import type { WebviewPanel } from '../webview-panel.ts';
import type { MatrixWish, Message, Model, OpenedCell } from '../webviews/matrix/messages.ts';
import { showRecord } from './show-record.ts';

const LANGUAGES = { csv: ['csv', 'csv'], json: ['json', 'json'], markdown: ['markdown', 'md'] } as const;

let lastToken = 0;

/** The matrix of one prompt file, in its panel. */
export class MatrixPanel implements vscode.Disposable {
  readonly #session: Session;
  readonly #panel: WebviewPanel<Model, Message>;
  readonly #uri: vscode.Uri;
  readonly #following: vscode.Disposable;
  /** URI; null when there is none. */
  #dataset: string | null = null;
  #cells: readonly MatrixCellView[] = [];
  #result: MatrixView | null = null;
  #opened: OpenedCell | null = null;
  #work: vscode.CancellationTokenSource | null = null;

  constructor(session: Session, panel: WebviewPanel<Model, Message>, uri: vscode.Uri) {
    this.#session = session;
    this.#panel = panel;
    this.#uri = uri;
    this.#following = vscode.Disposable.from(
      panel.onMessage((message) => void this.#receive(message)),
      session.onDidChange(({ what }) => what === 'models' && void this.#showModels()),
    );
    panel.restoreFrom(uri.toString());
    panel.show({
      ...{ file: basename(uri), dataset: '', options: null, problem: null, models: [], progress: null },
      ...{ splits: { splits: [], records: 0 }, cells: [], result: null, opened: null },
    });
    void this.#showModels();
    void this.#showOptions();
  }

  dispose(): void {
    this.#work?.cancel();
    this.#following.dispose();
  }

  async #showModels(): Promise<void> {
    const { models } = await this.#session.request(Methods.models, null);
    this.#panel.show({ models });
  }

  async #showOptions(): Promise<void> {
    try {
      // The server reads prompt files as the editor has them open.
      await vscode.workspace.openTextDocument(this.#uri);
      const options = await this.#session.request(Methods.matrixAxes, { prompt: this.#uri.toString() });
      this.#dataset = options.dataset;
      this.#panel.show({ options });
      if (!options.dataset) throw new Error('There is no dataset beside or above the prompt file.');
      const splits = await this.#session.request(Methods.splits, { uri: options.dataset });
      this.#panel.show({ splits, dataset: basename(vscode.Uri.parse(options.dataset, true)) });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #receive(message: Message): Promise<void> {
    try {
      await this.#act(message);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #act(message: Message): Promise<void> {
    switch (message.type) {
      case 'run':
        return this.#run(message.wish);
      case 'stop':
        this.#work?.cancel();
        return;
      case 'openCell':
        return this.#openCell(message.model, message.id);
      case 'closeCell':
        return this.#open(null);
      case 'openRecord':
        return this.#openRecord(message.id);
      case 'showRule':
        await vscode.commands.executeCommand('rationale.openRulePage', message.rule);
        return;
      case 'saveBest':
        if (this.#result?.best) await this.#offer('best', 'prompty', 'prompty', this.#result.best.text);
        return;
      case 'export': {
        const [language, extension] = LANGUAGES[message.format];
        if (this.#result)
          await this.#offer('matrix', extension, language, this.#result.tables[message.format]);
      }
    }
  }

  async #run({ models, axes, split, n, seed, racing, constrained, variations }: MatrixWish): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      explainTrust();
      return;
    }
    if (this.#work || !this.#dataset) return;
    this.#work = new vscode.CancellationTokenSource();
    const token = `rationale-matrix-${++lastToken}`;
    this.#cells = [];
    this.#result = null;
    this.#open(null);
    this.#panel.show({
      progress: { message: 'Starting…', percentage: 0 },
      problem: null,
      cells: [],
      result: null,
    });
    const watching = this.#session.onMatrixProgress((told) => told.token === token && this.#take(told.cells));
    const listening = await this.#session.onProgress(token, ({ message = '', percentage = 0 }) =>
      this.#panel.show({ progress: { message, percentage } }),
    );
    try {
      const params = {
        ...{ uri: this.#dataset, prompt: this.#uri.toString(), models, axes, split, sample: { n, seed } },
        ...{ racing, constrained, variations, workDoneToken: token, partialToken: token },
      };
      this.#result = await this.#session.request(Methods.matrix, params, this.#work.token);
      const { cells, tables: _, ...result } = this.#result;
      this.#cells = cells;
      this.#panel.show({ cells, result });
    } finally {
      watching.dispose();
      listening.dispose();
      this.#work.dispose();
      this.#work = null;
      this.#panel.show({ progress: null });
    }
  }

  /** Cells of which something new is known; those that are not known yet come at the end. */
  #take(changed: readonly MatrixCellView[]): void {
    const nameOf = ({ cell }: MatrixCellView) => `${cell.model}\n${cell.id}`;
    const byName = new Map([...this.#cells, ...changed].map((view) => [nameOf(view), view]));
    this.#cells = [...byName.values()];
    this.#panel.show({ cells: this.#cells });
  }

  async #openCell(model: string, id: string): Promise<void> {
    const view = this.#cells.find(({ cell }) => cell.model === model && cell.id === id);
    if (!view?.runId) return;
    this.#open({ cell: view.cell, failing: null, record: null });
    const { records } = await this.#session.request(Methods.runRecords, { runId: view.runId });
    const failing = records.filter(({ verdict }) => verdict.kind !== 'correct');
    this.#open({ cell: view.cell, failing, record: null });
  }

  /** Shows the record in the dataset's editor, and what the cell's model said of it on the page. */
  async #openRecord(id: string): Promise<void> {
    const opened = this.#opened;
    const view = this.#cells.find(
      ({ cell }) => cell.model === opened?.cell.model && cell.id === opened.cell.id,
    );
    if (!opened || !view || !this.#dataset) return;
    const output = await this.#session.request(Methods.output, { runId: view.runId, record: id });
    this.#open({ ...opened, record: { id, output } });
    await showRecord(this.#session, this.#dataset, id, vscode.ViewColumn.Beside);
  }

  #open(opened: OpenedCell | null): void {
    this.#opened = opened;
    this.#panel.show({ opened });
  }

  /** Shows a text as a new file beside the prompt file, to be looked at and saved. */
  async #offer(what: string, extension: string, language: string, content: string): Promise<void> {
    const path = this.#uri.path.replace(/(\.prompty)?$/, `-${what}.${extension}`);
    const document = await vscode.workspace.openTextDocument(this.#uri.with({ scheme: 'untitled', path }));
    await vscode.languages.setTextDocumentLanguage(document, language);
    const editor = await vscode.window.showTextDocument(document);
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    await editor.edit((edit) => edit.replace(whole, content));
  }

  #fail(error: unknown): void {
    this.#panel.show({ problem: error instanceof Error ? error.message : String(error) });
  }
}
