import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { FromPage, PageState, ToPage } from './webviews/shared/envelope.ts';

/** One page: a folder in webviews/. */
export interface PageKind {
  /** The folder's name; the panel's type is `rationale.<name>`. */
  readonly name: string;
  readonly extensionUri: vscode.Uri;
}

export interface PanelOptions {
  readonly title: string;
  readonly column: vscode.ViewColumn;
  readonly preserveFocus?: boolean;
}

/**
 * A panel whose page shows a model and sends messages. The page may come and go, as VS Code hides and shows it:
 * the model is kept here, and a page that begins gets all of it.
 */
export class WebviewPanel<Model extends object, Message> implements vscode.Disposable {
  readonly #kind: PageKind;
  readonly #panel: vscode.WebviewPanel;
  readonly #message = new vscode.EventEmitter<Message>();
  #model: Partial<Model> = {};
  #restore: unknown = null;
  #isReady = false;
  readonly onMessage = this.#message.event;
  readonly onDidDispose: vscode.Event<void>;

  private constructor(kind: PageKind, panel: vscode.WebviewPanel) {
    this.#kind = kind;
    this.#panel = panel;
    this.onDidDispose = panel.onDidDispose;
    panel.onDidDispose(() => this.#message.dispose());
    panel.webview.onDidReceiveMessage((message: FromPage) => this.#receive(message));
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.#scripts] };
    panel.webview.html = this.#html();
  }

  static create<Model extends object, Message>(
    kind: PageKind,
    { title, column, preserveFocus }: PanelOptions,
  ) {
    const panel = vscode.window.createWebviewPanel(
      `rationale.${kind.name}`,
      title,
      { viewColumn: column, preserveFocus: preserveFocus === true },
      { enableFindWidget: true },
    );
    return new WebviewPanel<Model, Message>(kind, panel);
  }

  /**
   * Calls `open` with the panels that were open when the window was last closed, and with what `restoreFrom` said
   * of them. The manifest needs the activation event `onWebviewPanel:rationale.<name>`.
   */
  static restore<Model extends object, Message>(
    kind: PageKind,
    open: (panel: WebviewPanel<Model, Message>, restore: unknown) => void,
  ): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(`rationale.${kind.name}`, {
      async deserializeWebviewPanel(panel, state: PageState | undefined) {
        // Closed before it had shown anything, it does not know what it was about.
        if (state?.restore) open(new WebviewPanel<Model, Message>(kind, panel), state.restore);
        else panel.dispose();
      },
    });
  }

  get isVisible(): boolean {
    return this.#panel.visible;
  }

  /** Changes what the page shows; what is not in `part` stays. */
  show(part: Partial<Model>): void {
    this.#model = { ...this.#model, ...part };
    if (this.#isReady) this.#post(part);
  }

  /** What `restore` is given for this panel after the window was loaded again: plain JSON. */
  restoreFrom(restore: unknown): void {
    this.#restore = restore;
    if (this.#isReady) this.#post({});
  }

  rename(title: string): void {
    this.#panel.title = title;
  }

  reveal(): void {
    this.#panel.reveal(undefined, true);
  }

  /** Lets the page show files of this folder. The page begins anew when the folder is another one. */
  allowFolder(folder: vscode.Uri): void {
    const { webview } = this.#panel;
    const roots = webview.options.localResourceRoots ?? [];
    if (roots.some((root) => root.toString() === folder.toString())) return;
    this.#isReady = false;
    webview.options = { ...webview.options, localResourceRoots: [this.#scripts, folder] };
  }

  /** How the page names a local file. */
  resource(file: vscode.Uri): string {
    return this.#panel.webview.asWebviewUri(file).toString();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  get #scripts(): vscode.Uri {
    return vscode.Uri.joinPath(this.#kind.extensionUri, 'dist', 'webviews');
  }

  #receive(received: FromPage): void {
    if (received.type === 'message') {
      this.#message.fire(received.message as Message);
    } else {
      this.#isReady = true;
      this.#post(this.#model);
    }
  }

  #post(part: Partial<Model>): void {
    const message: ToPage = { part, restore: this.#restore };
    void this.#panel.webview.postMessage(message);
  }

  #html(): string {
    const { webview } = this.#panel;
    const nonce = randomBytes(16).toString('base64');
    const file = (extension: string) =>
      this.resource(vscode.Uri.joinPath(this.#scripts, `${this.#kind.name}.${extension}`));
    const policy = [
      "default-src 'none'",
      `img-src ${webview.cspSource}`,
      `style-src ${webview.cspSource}`,
      `script-src 'nonce-${nonce}'`,
    ].join('; ');
    return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${file('css')}">
  </head>
  <body>
    <main aria-busy="true"></main>
    <script nonce="${nonce}" src="${file('js')}"></script>
  </body>
</html>`;
  }
}
