import * as vscode from 'vscode';
import type { RecordReference } from '../../../server/src/protocol/messages.ts';
import type { Feature } from '../feature.ts';
import { PreviewPanel, recordUnder, type Subject } from '../panels/preview-panel.ts';
import { basename } from '../text.ts';
import { type PageKind, WebviewPanel } from '../webview-panel.ts';
import type { Message, Model } from '../webviews/preview/messages.ts';

/** *Rationale: Preview Prompt*: what a model would be shown with a prompt file, beside it, as it is typed. */
export const preview: Feature = ({ context, session }) => {
  const page: PageKind = { name: 'preview', extensionUri: context.extensionUri };
  const previews = new Map<string, PreviewPanel>();
  /** Where the cursor of a dataset's editor stood last. */
  let record: RecordReference | null = null;
  const open = (panel: WebviewPanel<Model, Message>, subject: Subject) => {
    const { uri } = subject;
    const one = new PreviewPanel(session, panel, subject);
    previews.set(uri, one);
    panel.onDidDispose(() => {
      previews.delete(uri);
      one.dispose();
    });
  };
  return vscode.Disposable.from(
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      record = recordUnder(textEditor, session) ?? record;
    }),
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
      open(panel, { uri: uri.toString(), record, chosen: null });
    }),
    WebviewPanel.restore<Model, Message>(page, (panel, restored) => open(panel, restored as Subject)),
    { dispose: () => previews.forEach((one) => void one.dispose()) },
  );
};
