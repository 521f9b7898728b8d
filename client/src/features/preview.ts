import * as vscode from 'vscode';
import {
  Methods,
  type PromptPart,
  type PromptView,
  type RecordReference,
  type RenderPromptResult,
} from '../../../server/src/protocol/messages.ts';
import { debounce } from '../debounce.ts';
import type { Feature } from '../feature.ts';
import type { Session } from '../session.ts';
import { basename } from '../text.ts';
import { type PageKind, WebviewPanel } from '../webview-panel.ts';
import type { Message, Model } from '../webviews/preview/messages.ts';

/** So long after the last keystroke the prompt is rendered anew. Milliseconds. */
const PAUSE_MS = 60;

/** What a preview is of; kept while the window is loaded again. */
interface Subject {
  readonly uri: string;
  readonly record: RecordReference | null;
}

/** *Rationale: Preview Prompt*: what a model would be shown with a prompt file, beside it, as it is typed. */
export const preview: Feature = ({ context, session }) => {
  const page: PageKind = { name: 'preview', extensionUri: context.extensionUri };
  const previews = new Map<string, Preview>();
  const open = (panel: WebviewPanel<Model, Message>, subject: Subject) => {
    const { uri } = subject;
    const one = new Preview(session, panel, subject);
    previews.set(uri, one);
    panel.onDidDispose(() => {
      previews.delete(uri);
      one.dispose();
    });
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand('rationale.previewPrompt', (target?: vscode.Uri) => {
      const uri = target ?? vscode.window.activeTextEditor?.document.uri;
      if (!uri) return;
      const known = previews.get(uri.toString());
      if (known) return known.reveal();
      const title = `Preview ${basename(uri)}`;
      const panel = WebviewPanel.create<Model, Message>(page, {
        title,
        column: vscode.ViewColumn.Beside,
        preserveFocus: true,
      });
      open(panel, { uri: uri.toString(), record: null });
    }),
    WebviewPanel.restore<Model, Message>(page, (panel, restored) => open(panel, restored as Subject)),
    { dispose: () => previews.forEach((one) => void one.dispose()) },
  );
};

/** One preview, in its panel. */
class Preview implements vscode.Disposable {
  readonly #session: Session;
  readonly #panel: WebviewPanel<Model, Message>;
  readonly #uri: vscode.Uri;
  readonly #following: vscode.Disposable;
  #record: RecordReference | null;
  #problem: RenderPromptResult['problem'] = null;

  constructor(session: Session, panel: WebviewPanel<Model, Message>, { uri, record }: Subject) {
    this.#session = session;
    this.#panel = panel;
    this.#uri = vscode.Uri.parse(uri, true);
    this.#record = record;
    const render = debounce(() => void this.#render(), PAUSE_MS);
    this.#following = vscode.Disposable.from(
      render,
      panel.onMessage((message) => this.#receive(message)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === uri || session.isDataset(document.uri)) render();
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (this.#follow(textEditor)) render();
      }),
      session.onDidChange(({ what }) => what === 'records' && render()),
    );
    panel.show({ file: basename(this.#uri), record: null, prompt: null, problem: null });
    void this.#render();
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#following.dispose();
  }

  /** Takes the record in which the cursor of a dataset's editor stands. */
  #follow({ document: { uri }, selection }: vscode.TextEditor): boolean {
    if (!this.#session.isDataset(uri)) return false;
    const { line, character } = selection.active;
    this.#record = { dataset: uri.toString(), position: { line, character } };
    return true;
  }

  async #render(): Promise<void> {
    // The server reads prompt files as the editor has them open.
    await vscode.workspace.openTextDocument(this.#uri);
    const params = { uri: this.#uri.toString(), record: this.#record ?? undefined };
    const { record, prompt, problem } = await this.#session.request(Methods.renderPrompt, params);
    this.#problem = problem;
    if (record) {
      this.#record = { dataset: record.dataset, id: record.id };
      this.#panel.allowFolder(vscode.Uri.joinPath(vscode.Uri.parse(record.dataset, true), '..'));
      this.#panel.restoreFrom({ uri: this.#uri.toString(), record: this.#record } satisfies Subject);
    }
    // What could be shown last stays, as an old one, until there is something newer.
    this.#panel.show({
      problem: problem?.message ?? null,
      ...(record && { record }),
      ...(prompt && { prompt: this.#showable(prompt) }),
    });
  }

  #showable(prompt: PromptView): PromptView {
    const part = (one: PromptPart): PromptPart =>
      one.type === 'image' ? { ...one, uri: this.#panel.resource(vscode.Uri.parse(one.uri, true)) } : one;
    return {
      ...prompt,
      messages: prompt.messages.map(({ role, content }) => ({ role, content: content.map(part) })),
    };
  }

  async #receive(message: Message): Promise<void> {
    if (message.type === 'showProblem') {
      const { start, end } = this.#problem?.range ?? {};
      const selection =
        start && end ? new vscode.Range(start.line, start.character, end.line, end.character) : undefined;
      await vscode.window.showTextDocument(this.#uri, { selection, viewColumn: vscode.ViewColumn.One });
    } else if (this.#record) {
      await showRecord(this.#session, this.#record);
    }
  }
}

async function showRecord(session: Session, record: RecordReference): Promise<void> {
  const uri = vscode.Uri.parse(record.dataset, true);
  const { groups } = await session.request(Methods.records, { uri: record.dataset, by: 'topic' });
  const row = groups.flatMap(({ records }) => records).find(({ id }) => 'id' in record && id === record.id);
  if (!row) return;
  const { line, character } = row.range.start;
  const selection = new vscode.Range(line, character, line, character);
  await vscode.window.showTextDocument(uri, { selection, viewColumn: vscode.ViewColumn.One });
}
