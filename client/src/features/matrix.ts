import * as vscode from 'vscode';
import type { Feature } from '../feature.ts';
import { MatrixPanel } from '../panels/matrix-panel.ts';
import { basename } from '../text.ts';
import { type PageKind, WebviewPanel } from '../webview-panel.ts';
import type { Message, Model } from '../webviews/matrix/messages.ts';

/** *Rationale: Prompt Matrix*: a prompt file asked in many ways, on the same records. */
export const matrix: Feature = ({ context, session }) => {
  const page: PageKind = { name: 'matrix', extensionUri: context.extensionUri };
  const panels = new Map<string, WebviewPanel<Model, Message>>();
  const open = (panel: WebviewPanel<Model, Message>, uri: string) => {
    const one = new MatrixPanel(session, panel, vscode.Uri.parse(uri, true));
    panels.set(uri, panel);
    panel.onDidDispose(() => {
      panels.delete(uri);
      one.dispose();
    });
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand('rationale.promptMatrix', (target?: vscode.Uri | string) => {
      const given = typeof target === 'string' ? vscode.Uri.parse(target, true) : target;
      const uri = given ?? vscode.window.activeTextEditor?.document.uri;
      if (!uri) return;
      const known = panels.get(uri.toString());
      if (known) return known.reveal();
      const title = `Matrix ${basename(uri)}`;
      const column = vscode.ViewColumn.Active;
      open(WebviewPanel.create<Model, Message>(page, { title, column }), uri.toString());
    }),
    WebviewPanel.restore<Model, Message>(page, (panel, restored) => open(panel, String(restored))),
  );
};
