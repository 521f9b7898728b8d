import * as vscode from 'vscode';
import type { TextChange } from '../../../server/src/protocol/messages.ts';
import { basename } from '../text.ts';

const SCHEME = 'rationale-draft';
const CONTEXT = 'rationale.hasDraft';

interface Draft {
  readonly document: vscode.TextDocument;
  /** Of the document when the changes were worked out. */
  readonly version: number;
  readonly changes: readonly TextChange[];
  readonly text: string;
}

/** Changes to a dataset that are shown before they are made: at most one set at a time. */
export class RationaleDraft implements vscode.Disposable {
  private draft: Draft | null = null;
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: this.changed.event,
    provideTextDocumentContent: () => this.draft?.text ?? '',
  });

  /** Opens the dataset and, beside it, the dataset as it would be. */
  async show(uri: vscode.Uri, changes: readonly TextChange[]): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    this.draft = { document, version: document.version, changes, text: changedText(document, changes) };
    const after = draftUri(uri);
    this.changed.fire(after);
    await vscode.commands.executeCommand('setContext', CONTEXT, true);
    await vscode.commands.executeCommand('vscode.diff', uri, after, `${basename(uri)}: with rationales`);
  }

  /** Makes the changes, as one step that can be undone. The file is not saved. */
  async write(): Promise<boolean> {
    const { draft } = this;
    if (!draft) return false;
    const { document, version, changes } = draft;
    if (document.version !== version) {
      void vscode.window.showWarningMessage(
        `${basename(document.uri)} has changed since; generate again, which runs only what is new.`,
      );
      return false;
    }
    const edit = new vscode.WorkspaceEdit();
    for (const { range, newText } of changes) edit.replace(document.uri, rangeOf(range), newText);
    const isDone = await vscode.workspace.applyEdit(edit);
    if (isDone) await this.discard();
    return isDone;
  }

  /** Forgets the changes and closes their diff. */
  async discard(): Promise<void> {
    const { draft } = this;
    this.draft = null;
    await vscode.commands.executeCommand('setContext', CONTEXT, false);
    if (!draft) return;
    const after = draftUri(draft.document.uri).toString();
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const diffs = tabs.filter(
      ({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === after,
    );
    await vscode.window.tabGroups.close(diffs);
    await vscode.window.showTextDocument(draft.document);
  }

  dispose(): void {
    this.provider.dispose();
    this.changed.dispose();
  }
}

/** The same path, so that the diff is coloured as the dataset is. */
function draftUri(uri: vscode.Uri): vscode.Uri {
  return uri.with({ scheme: SCHEME });
}

function changedText(document: vscode.TextDocument, changes: readonly TextChange[]): string {
  const text = document.getText();
  let end = 0;
  const pieces = changes
    .map(({ range, newText }) => ({ range: rangeOf(range), newText }))
    .sort((a, b) => a.range.start.compareTo(b.range.start))
    .map(({ range, newText }) => {
      const piece = text.slice(end, document.offsetAt(range.start)) + newText;
      end = document.offsetAt(range.end);
      return piece;
    });
  return pieces.join('') + text.slice(end);
}

function rangeOf({ start, end }: TextChange['range']): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
