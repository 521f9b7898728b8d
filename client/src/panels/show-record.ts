import * as vscode from 'vscode';
import { Methods } from '../../../server/src/protocol/messages.ts';
import type { Range } from '../../../server/src/protocol/values.ts';
import type { Session } from '../session.ts';

/** Shows a record's first line in the dataset's editor. */
export async function showRecord(
  session: Session,
  dataset: string,
  id: string,
  viewColumn: vscode.ViewColumn,
): Promise<void> {
  const { groups } = await session.request(Methods.records, { uri: dataset, by: 'topic' });
  const row = groups.flatMap(({ records }) => records).find((record) => record.id === id);
  if (!row) {
    void vscode.window.showInformationMessage(`The dataset no longer has the record ${id}.`);
    return;
  }
  const { start } = row.range;
  const selection = rangeOf({ start, end: start });
  await vscode.window.showTextDocument(vscode.Uri.parse(dataset, true), {
    selection,
    viewColumn,
  });
}

export function rangeOf({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
