import * as vscode from 'vscode';
import type { TextChange } from '../../../server/src/protocol/messages.ts';
import { basename } from '../text.ts';

const SCHEME = 'rationale-draft';
const CONTEXT = 'rationale.hasDraft';

interface Draft {
  readonly uri: vscode.Uri;
  /** Null: the file is not there yet. */
  readonly document: vscode.TextDocument | null;
  /** Of the document when the changes were worked out. */
  readonly version: number;
  readonly changes: readonly TextChange[];
  readonly text: string;
}

/** What stands on the left of the diff of a new file. */
const NOTHING = 'nothing';

/** Changes to a dataset, or another file, that are shown before they are made: at most one set at a time. */
export class RationaleDraft implements vscode.Disposable {
  private draft: Draft | null = null;
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: this.changed.event,
    provideTextDocumentContent: ({ query }) => (query === NOTHING ? '' : (this.draft?.text ?? '')),
  });

  /** Opens the dataset and, beside it, the dataset as it would be. */
  async show(uri: vscode.Uri, changes: readonly TextChange[]): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    await this.present(document, uri, changes, changedText(document, changes), 'with rationales');
  }

  /** Opens a file, or nothing where there is none yet, and beside it what the file is to hold. */
  async showFile(uri: vscode.Uri, text: string): Promise<void> {
    const document = (await exists(uri)) ? await vscode.workspace.openTextDocument(uri) : null;
    const { start, end } = document ? wholeOf(document) : new vscode.Range(0, 0, 0, 0);
    await this.present(document, uri, [{ range: { start, end }, newText: text }], text, 'rationales');
  }

  private async present(
    document: vscode.TextDocument | null,
    uri: vscode.Uri,
    changes: readonly TextChange[],
    text: string,
    what: string,
  ): Promise<void> {
    this.draft = { uri, document, version: document?.version ?? 0, changes, text };
    const after = draftUri(uri);
    const before = document ? uri : after.with({ query: NOTHING });
    this.changed.fire(after);
    await vscode.commands.executeCommand('setContext', CONTEXT, true);
    await vscode.commands.executeCommand('vscode.diff', before, after, `${basename(uri)}: ${what}`);
  }

  /** Makes the changes, as one step that can be undone. A file that is there already is not saved. */
  async write(): Promise<boolean> {
    const { draft } = this;
    if (!draft) return false;
    const { uri, document, version, changes, text } = draft;
    if (document ? document.version !== version : await exists(uri)) {
      void vscode.window.showWarningMessage(
        `${basename(uri)} has changed since; generate again, which runs only what is new.`,
      );
      return false;
    }
    const edit = new vscode.WorkspaceEdit();
    if (document) for (const { range, newText } of changes) edit.replace(uri, rangeOf(range), newText);
    else edit.createFile(uri, { contents: Buffer.from(text) });
    const isDone = await vscode.workspace.applyEdit(edit);
    if (isDone) {
      const [first] = changes.map(({ range }) => rangeOf(range)).sort((a, b) => a.start.compareTo(b.start));
      await this.discard(first && new vscode.Range(first.start, first.start));
      if (!document) await vscode.window.showTextDocument(uri);
    }
    return isDone;
  }

  /**
   * Forgets the changes and closes their diff.
   * @param selection of the document that is left; absent: where it stood
   */
  async discard(selection?: vscode.Range): Promise<void> {
    const { draft } = this;
    this.draft = null;
    await vscode.commands.executeCommand('setContext', CONTEXT, false);
    if (!draft) return;
    const after = draftUri(draft.uri).toString();
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const diffs = tabs.filter(
      ({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === after,
    );
    await vscode.window.tabGroups.close(diffs);
    if (draft.document) await vscode.window.showTextDocument(draft.document, { selection });
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

function exists(uri: vscode.Uri): Promise<boolean> {
  return Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );
}

function wholeOf(document: vscode.TextDocument): vscode.Range {
  return document.validateRange(new vscode.Range(0, 0, document.lineCount, 0));
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
