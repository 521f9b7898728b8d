import * as vscode from 'vscode';
import {
  Methods,
  type PromptPart,
  type PromptView,
  type RecordReference,
  type RenderPromptResult,
} from '../../../server/src/protocol/messages.ts';
import { debounce } from '../debounce.ts';
import type { Session } from '../session.ts';
import { basename } from '../text.ts';
import type { WebviewPanel } from '../webview-panel.ts';
import type { Message, Model } from '../webviews/preview/messages.ts';
import { PreviewRuns } from './preview-runs.ts';
import { rangeOf, showRecord } from './show-record.ts';

/** So long after the last keystroke the prompt is rendered anew. Milliseconds. */
const PAUSE_MS = 60;

/** What a preview is of; kept while the window is loaded again. */
export interface Subject {
  readonly uri: string;
  readonly record: RecordReference | null;
  /** Ids of the models that the person has chosen. */
  readonly chosen: readonly string[] | null;
}

/** The record in which the cursor of a dataset's editor stands; null in other editors. */
export function recordUnder(
  { document: { uri }, selection }: vscode.TextEditor,
  session: Session,
): RecordReference | null {
  if (!session.isDataset(uri)) return null;
  const { line, character } = selection.active;
  return { dataset: uri.toString(), position: { line, character } };
}

/** One preview, in its panel. */
export class PreviewPanel implements vscode.Disposable {
  readonly #session: Session;
  readonly #panel: WebviewPanel<Model, Message>;
  readonly #uri: vscode.Uri;
  readonly #runs: PreviewRuns;
  readonly #following: vscode.Disposable;
  #record: RecordReference | null;
  #chosen: readonly string[] | null;
  #problem: RenderPromptResult['problem'] = null;
  /** The dataset whose splits the page knows. */
  #splitsOf = '';
  #rendering = 0;

  constructor(session: Session, panel: WebviewPanel<Model, Message>, { uri, record, chosen }: Subject) {
    this.#session = session;
    this.#panel = panel;
    this.#uri = vscode.Uri.parse(uri, true);
    this.#record = record;
    this.#chosen = chosen;
    this.#runs = new PreviewRuns(session, panel, uri);
    const render = debounce(() => this.#renderSafely(), PAUSE_MS);
    this.#following = vscode.Disposable.from(
      render,
      this.#runs,
      panel.onMessage((message) => void this.#receive(message)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === uri || session.isDataset(document.uri)) render();
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        const record = recordUnder(textEditor, session);
        if (!record) return;
        this.#record = record;
        render();
      }),
      session.onDidChange(({ what }) => {
        if (what === 'records') render();
        if (what === 'models') this.#showModels().catch(() => undefined);
      }),
      session.onDidChangeState(() => session.state === 'running' && render()),
    );
    panel.show({
      ...{ file: basename(this.#uri), record: null, prompt: null, problem: null, models: [], chosen: [] },
      ...{ splits: { splits: [], records: 0 }, tokens: null, outputs: [], samples: [], comparison: null },
    });
    this.#showModels().catch(() => undefined);
    this.#renderSafely();
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#following.dispose();
  }

  /** A prompt file that is gone, or a server that is down: the page says so and keeps what it showed. */
  #renderSafely(): void {
    this.#render().catch((error) => {
      this.#problem = null;
      this.#panel.show({ problem: error instanceof Error ? error.message : String(error) });
    });
  }

  async #render(): Promise<void> {
    const rendering = ++this.#rendering;
    const asked = this.#record;
    // The server reads prompt files as the editor has them open.
    const document = await vscode.workspace.openTextDocument(this.#uri);
    const params = { uri: this.#uri.toString(), record: this.#record ?? undefined };
    const { record, prompt, problem } = await this.#session.request(Methods.renderPrompt, params);
    // What was typed or chosen meanwhile is on its way.
    if (rendering !== this.#rendering || asked !== this.#record) return;
    this.#problem = problem;
    if (record) {
      this.#record = { dataset: record.dataset, id: record.id };
      this.#panel.allowFolder(vscode.Uri.joinPath(vscode.Uri.parse(record.dataset, true), '..'));
      this.#keep();
    }
    // What could be shown last stays, as an old one, until there is something newer.
    this.#panel.show({
      problem: problem?.message ?? null,
      ...(record && { record }),
      ...(prompt && { prompt: this.#showable(prompt) }),
    });
    this.#runs.follow(record, prompt, document.getText());
    if (record) await Promise.all([this.#showChosen(), this.#showSplits(record.dataset)]);
  }

  #showable(prompt: PromptView): PromptView {
    const part = (one: PromptPart): PromptPart =>
      one.type === 'image' ? { ...one, uri: this.#panel.resource(vscode.Uri.parse(one.uri, true)) } : one;
    const messages = (some: PromptView['messages']) =>
      some.map(({ role, content }) => ({ role, content: content.map(part) }));
    return {
      ...prompt,
      messages: messages(prompt.messages),
      before: prompt.before.map((query) => ({ ...query, messages: messages(query.messages) })),
    };
  }

  async #showModels(): Promise<void> {
    const { models } = await this.#session.request(Methods.models, null);
    this.#panel.show({ models });
    this.#runs.offer(models);
    await this.#showChosen();
  }

  /** The models that are asked, and the prompt's tokens for the first; none where they cannot be counted. */
  async #showChosen(): Promise<void> {
    const chosen = this.#runs.chosen(this.#chosen);
    this.#panel.show({ chosen });
    const [model] = chosen;
    const record = this.#record;
    if (!model || !record || !('id' in record)) return;
    const params = { uri: this.#uri.toString(), record, model };
    const tokens = await this.#session.request(Methods.promptTokens, params).catch(() => null);
    this.#panel.show({ tokens });
  }

  async #showSplits(dataset: string): Promise<void> {
    if (this.#splitsOf === dataset) return;
    this.#splitsOf = dataset;
    const splits = await this.#session.request(Methods.splits, { uri: dataset });
    this.#panel.show({ splits });
  }

  #keep(): void {
    const subject: Subject = { uri: this.#uri.toString(), record: this.#record, chosen: this.#chosen };
    this.#panel.restoreFrom(subject);
  }

  async #receive(message: Message): Promise<void> {
    const models = this.#runs.chosen(this.#chosen);
    switch (message.type) {
      case 'choose':
        this.#chosen = message.models;
        this.#keep();
        return this.#showChosen();
      case 'run':
        return this.#runs.run(models);
      case 'sample':
        return this.#runs.sample(models, message.request);
      case 'compare':
        return this.#runs.compare(models, message.request);
      case 'stop':
        return this.#runs.stop();
      case 'copy':
        return this.#copy(message.language, models);
      case 'showProblem':
        await vscode.window.showTextDocument(this.#uri, {
          selection: this.#problem?.range ? rangeOf(this.#problem.range) : undefined,
          viewColumn: vscode.ViewColumn.One,
        });
        return;
      case 'showRecord': {
        const record = this.#record;
        const id = message.id ?? (record && 'id' in record ? record.id : null);
        if (record && id !== null) await showRecord(this.#session, record.dataset, id, vscode.ViewColumn.One);
        return;
      }
      case 'showRule':
        await vscode.commands.executeCommand('rationale.openRulePage', message.rule);
        return;
      case 'showRuns':
        await vscode.commands.executeCommand('rationale.runs.focus');
        return;
      case 'showMatrix':
        await vscode.commands.executeCommand('rationale.promptMatrix', this.#uri);
    }
  }

  async #copy(language: 'curl' | 'python', [model = 'MODEL']: readonly string[]): Promise<void> {
    const record = this.#record;
    if (!record || !('id' in record)) return;
    try {
      const params = { uri: this.#uri.toString(), record, model, language };
      const { text } = await this.#session.request(Methods.promptSnippet, params);
      await vscode.env.clipboard.writeText(text);
      const what = language === 'curl' ? 'a curl command for bash' : 'a Python program';
      vscode.window.setStatusBarMessage(`The prompt was copied as ${what}.`, 4000);
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  }
}
