import * as vscode from 'vscode';
import {
  type FaithfulnessParams,
  type FaithfulnessResult,
  Methods,
} from '../../../server/src/protocol/messages.ts';
import type { Feature, Host } from '../feature.ts';
import { longRequest } from '../long-request.ts';
import { recordUnder } from '../panels/preview-panel.ts';
import { showRecord } from '../panels/show-record.ts';
import { basename } from '../text.ts';
import { explainTrust } from './trust.ts';

const COMMAND = 'rationale.testFaithfulness';
/** The finding that a test has something to say of. */
const CONTRADICTION = 'reasoning-contradicts-conclusion';
const DATASETS = ['json', 'jsonl'].map((language) => ({ scheme: 'file', language }));

/** What *Rationale: Test Faithfulness* may be told by another command. */
export type FaithfulnessArguments = Omit<FaithfulnessParams, 'workDoneToken'>;

/** *Rationale: Test Faithfulness*: whether what models answered to the record under the cursor follows from their rationales. */
export const faithfulness: Feature = (host) =>
  vscode.Disposable.from(
    vscode.commands.registerCommand(
      COMMAND,
      async (target?: vscode.Uri | FaithfulnessArguments): Promise<FaithfulnessResult | null> => {
        if (!vscode.workspace.isTrusted) return explainTrust();
        const given = target && 'record' in target ? target : underCursor(host);
        if (!given) {
          void vscode.window.showInformationMessage('Put the cursor into a record of a dataset first.');
          return null;
        }
        try {
          const result = await test(host, given);
          void tell(host, given, result);
          return result;
        } catch (error) {
          const sentence = error instanceof Error ? error.message : String(error);
          void vscode.window.showErrorMessage(`Nothing was tested. ${sentence}`);
          return null;
        }
      },
    ),
    vscode.languages.registerCodeActionsProvider(
      DATASETS,
      {
        provideCodeActions: ({ uri }, _range, { diagnostics }) =>
          diagnostics.filter(isContradiction).map((diagnostic) => actionOn(uri, diagnostic)),
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );

function underCursor({ session }: Host): FaithfulnessArguments | null {
  const editor = vscode.window.activeTextEditor;
  const record = editor && recordUnder(editor, session);
  return record ? { record } : null;
}

function isContradiction({ source, code }: vscode.Diagnostic): boolean {
  return source === 'rationale' && (typeof code === 'object' ? code.value : code) === CONTRADICTION;
}

function actionOn(uri: vscode.Uri, diagnostic: vscode.Diagnostic): vscode.CodeAction {
  const title = 'Test whether the answer follows from the rationale';
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  const { line, character } = diagnostic.range.start;
  const record = { dataset: uri.toString(), position: { line, character } };
  action.diagnostics = [diagnostic];
  action.command = { command: COMMAND, title, arguments: [{ record }] };
  return action;
}

function test(host: Host, given: FaithfulnessArguments): Promise<FaithfulnessResult> {
  const title = basename(vscode.Uri.parse(given.record.dataset, true));
  return longRequest(host, { title, verb: 'Testing faithfulness' }, Methods.faithfulness, given);
}

async function tell(
  { session }: Host,
  { record: { dataset } }: FaithfulnessArguments,
  { record, models, cancelled }: FaithfulnessResult,
): Promise<void> {
  if (cancelled) {
    void vscode.window.showInformationMessage('Cancelled; what was tested is stored.');
    return;
  }
  const said = models.map((one) => `${one.model}: ${one.said}`).join(' ');
  const show = models.some(({ isTested }) => isTested) ? ['Show Sentence by Sentence'] : [];
  const choice = await vscode.window.showInformationMessage(`Record ${record}. ${said}`, ...show);
  if (!choice) return;
  await showRecord(session, dataset, record, vscode.ViewColumn.Active);
  await vscode.commands.executeCommand('editor.action.showHover');
}
