import * as vscode from 'vscode';
import {
  Methods,
  type RationalesParams,
  type RationalesResult,
  type RunRow,
} from '../../../server/src/protocol/messages.ts';
import { chooseDataset } from '../dataset-editor.ts';
import type { Feature, Host } from '../feature.ts';
import { basename, plural } from '../text.ts';
import { type Asking, pickModel, pickSamples, pickSplit } from './annotate-picks.ts';
import { RationaleDraft } from './rationale-draft.ts';
import { explainTrust } from './trust.ts';

const ASKING: Asking = { title: 'Generate Rationales', steps: 3 };

/** What *Rationale: Generate Rationales…* may be told by another command; it asks for what is left out. */
export type RationaleArguments = Partial<Omit<RationalesParams, 'workDoneToken' | 'split'>> & {
  /** A split's name, or null for every record. */
  readonly split?: string | null;
};

let lastToken = 0;

/**
 * *Rationale: Generate Rationales…*: has a teacher write them, and shows as a diff what would be written into the
 * dataset. *Rationale: Write These Rationales* writes it, as one edit that can be undone.
 */
export const rationales: Feature = (host) => {
  const draft = new RationaleDraft();
  return vscode.Disposable.from(
    draft,
    vscode.commands.registerCommand(
      'rationale.generateRationales',
      async (target?: vscode.Uri | RationaleArguments): Promise<RationalesResult | null> => {
        if (!vscode.workspace.isTrusted) return explainTrust();
        const given: RationaleArguments =
          target instanceof vscode.Uri ? { uri: target.toString() } : (target ?? {});
        try {
          const params = await complete(host, given);
          if (!params) return null;
          const result = await generate(host, params);
          await show(draft, params, result);
          return result;
        } catch (error) {
          const sentence = error instanceof Error ? error.message : String(error);
          void vscode.window.showErrorMessage(`No rationales were generated. ${sentence}`);
          return null;
        }
      },
    ),
    // From the Runs view.
    vscode.commands.registerCommand('rationale.generateForFailures', ({ run }: { readonly run: RunRow }) =>
      vscode.commands.executeCommand('rationale.generateRationales', {
        uri: run.uri,
        split: run.split,
        failuresOf: run.id,
      } satisfies RationaleArguments),
    ),
    vscode.commands.registerCommand('rationale.writeRationales', () => draft.write()),
    vscode.commands.registerCommand('rationale.discardRationales', () => draft.discard()),
  );
};

/** Asks for what is missing. Null when the user backs out. */
async function complete({ session }: Host, given: RationaleArguments): Promise<RationalesParams | null> {
  const uri = given.uri ?? (await chooseDataset(session))?.toString();
  if (!uri) return null;
  const model = given.model ?? (await pickModel(session, ASKING));
  if (!model) return null;
  const split = given.split === undefined ? await pickSplit(session, uri, ASKING) : given.split;
  if (split === undefined) return null;
  const samples = given.samples ?? (await pickSamples(ASKING));
  if (samples === undefined) return null;
  return { ...given, uri, model, split: split ?? undefined, samples };
}

function generate({ session, activity }: Host, params: RationalesParams): Promise<RationalesResult> {
  const title = `${params.model} on ${basename(vscode.Uri.parse(params.uri, true))}`;
  const workDoneToken = `rationale-rationales-${++lastToken}`;
  const where = {
    location: vscode.ProgressLocation.Notification,
    title: `Rationales: ${title}`,
    cancellable: true,
  };
  return Promise.resolve(
    vscode.window.withProgress(where, (notification, cancellation) =>
      activity.during(title, async (report) => {
        const listening = await session.onProgress(workDoneToken, ({ message = '' }) => {
          notification.report({ message });
          report(message);
        });
        try {
          return await session.request(Methods.rationales, { ...params, workDoneToken }, cancellation);
        } finally {
          listening.dispose();
        }
      }),
    ),
  );
}

async function show(
  draft: RationaleDraft,
  { uri }: RationalesParams,
  result: RationalesResult,
): Promise<void> {
  if (result.cancelled) {
    void vscode.window.showInformationMessage(
      'Cancelled; what the teacher wrote is kept, and generating again goes on.',
    );
    return;
  }
  const sentence = summary(result);
  if (result.edits.length === 0) {
    void vscode.window.showInformationMessage(`${sentence} There is nothing to write.`);
    return;
  }
  await draft.show(vscode.Uri.parse(uri, true), result.edits);
  const write = `Write ${plural(result.edits.length, 'Rationale')}`;
  void vscode.window.showInformationMessage(sentence, write, 'Discard').then(async (choice) => {
    if (choice === write) await draft.write();
    if (choice === 'Discard') await draft.discard();
  });
}

function summary({
  records,
  samples,
  passed,
  kept,
  rationalised,
  none,
  handEdited,
  unchanged,
}: RationalesResult): string {
  const parts = [
    `${passed} of ${plural(samples, 'sample')} of ${plural(records, 'record')} pass`,
    `${kept} kept`,
    rationalised > 0 ? `${rationalised} made from the gold answer` : '',
    none > 0 ? `${none} without one` : '',
    unchanged > 0 ? `${unchanged} written already` : '',
  ].filter(Boolean);
  const edited =
    handEdited.length > 0 ? ` Rationales that a person has written are left: ${handEdited.join(', ')}.` : '';
  return `${parts.join(', ')}.${edited}`;
}
