import * as vscode from 'vscode';
import {
  Methods,
  type RationalesParams,
  type RationalesResult,
  type RunRow,
} from '../../../server/src/protocol/messages.ts';
import { chooseDataset } from '../dataset-editor.ts';
import type { Feature, Host } from '../feature.ts';
import { longRequest } from '../long-request.ts';
import { basename, plural } from '../text.ts';
import { type Asking, pickModel, pickSamples, pickSplit } from './annotate-picks.ts';
import { RationaleDraft } from './rationale-draft.ts';
import { explainTrust } from './trust.ts';

const ASKING: Asking = { title: 'Generate Rationales', steps: 5 };
const TEACHING = { step: 1, placeHolder: 'Which model should write the rationales?' };

/** What *Rationale: Generate Rationales…* may be told by another command; it asks for what is left out. */
export type RationaleArguments = Partial<Omit<RationalesParams, 'workDoneToken' | 'split'>> & {
  /** A split's name, or null for every record. */
  readonly split?: string | null;
};

/**
 * *Rationale: Generate Rationales…*: has a teacher write them, and shows as a diff what would be written into the
 * dataset, or into another file. *Rationale: Write These Rationales* writes it, as one edit that can be undone.
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
  const model = given.model ?? (await pickModel(session, ASKING, TEACHING));
  if (!model) return null;
  const split = given.split === undefined ? await pickSplit(session, uri, ASKING) : given.split;
  if (split === undefined) return null;
  const isPrompted = given.prompt !== undefined || given.setting !== undefined;
  const prompt = isPrompted ? given.prompt : await pickPrompt();
  if (!isPrompted && prompt === undefined) return null;
  const samples = given.samples ?? (await pickSamples(ASKING, 4));
  if (samples === undefined) return null;
  const to = given.to ?? (await pickTarget());
  if (to === undefined) return null;
  const chosen = { ...given, uri, model, split: split ?? undefined, prompt, samples, to };
  if (to === 'record') return chosen;
  const out = given.out ?? (await pickFile(vscode.Uri.parse(uri, true), to));
  return out === undefined ? null : { ...chosen, out };
}

/** Asks for the prompt: two that are always there, or a file of the workspace. Undefined when the user backs out. */
async function pickPrompt(): Promise<string | undefined> {
  const always = [
    {
      label: 'setting-1',
      description: 'what students are asked: no lecture, no solution',
      prompt: 'setting-1',
    },
    {
      label: 'svrd-teacher',
      description: 'the gold answer too: more pass, which shows less of the teacher',
      prompt: 'svrd-teacher',
    },
  ];
  const files = await vscode.workspace.findFiles('**/*.prompty');
  const own = files.map((file) => ({
    label: basename(file).replace(/\.prompty$/, ''),
    description: vscode.workspace.asRelativePath(file),
    prompt: file.toString(),
  }));
  const others = own
    .filter(({ label }) => !always.some((one) => one.label === label))
    .sort((a, b) => a.description.localeCompare(b.description));
  const choice = await vscode.window.showQuickPick([...always, ...others], {
    title: `${ASKING.title} (3/${ASKING.steps}): prompt`,
    placeHolder: 'What is the teacher shown of each record?',
    matchOnDescription: true,
  });
  return choice?.prompt;
}

type Target = Required<RationalesParams>['to'];

/** Asks where the rationales are to go. Undefined when the user backs out. */
async function pickTarget(): Promise<Target | undefined> {
  const items: readonly (vscode.QuickPickItem & { readonly to: Target })[] = [
    { label: 'The records', description: 'their field "rationale"', to: 'record' },
    { label: 'LLaVA-CoT lines', description: 'conversations to train on, in another file', to: 'llava-cot' },
    { label: 'A side file', description: 'a line for every record, with its pass rate', to: 'jsonl' },
  ];
  const choice = await vscode.window.showQuickPick(items, {
    title: `${ASKING.title} (5/${ASKING.steps}): where they go`,
    placeHolder: 'You see the difference before anything is written.',
  });
  return choice?.to;
}

/** Asks for the other file; the dialog asks before one is overwritten. */
async function pickFile(dataset: vscode.Uri, to: Target): Promise<string | undefined> {
  const name = basename(dataset).replace(
    /\.[^.]*$/,
    to === 'jsonl' ? '.rationales.jsonl' : '.llava-cot.jsonl',
  );
  const file = await vscode.window.showSaveDialog({
    title: 'Where the rationales go',
    defaultUri: vscode.Uri.joinPath(dataset, '..', name),
    filters: { JSONL: ['jsonl'] },
  });
  return file?.toString();
}

function generate(host: Host, params: RationalesParams): Promise<RationalesResult> {
  const title = `${params.model} on ${basename(vscode.Uri.parse(params.uri, true))}`;
  return longRequest(host, { title, verb: 'Rationales' }, Methods.rationales, params);
}

async function show(
  draft: RationaleDraft,
  { uri, out }: RationalesParams,
  result: RationalesResult,
): Promise<void> {
  if (result.cancelled) {
    void vscode.window.showInformationMessage(
      'Cancelled; what the teacher wrote is kept, and generating again goes on.',
    );
    return;
  }
  const sentence = summary(result);
  const { file, edits } = result;
  const amount = file ? plural(file.lines, 'Line') : plural(edits.length, 'Rationale');
  if ((file ? file.lines : edits.length) === 0) {
    void vscode.window.showInformationMessage(`${sentence} There is nothing to write.`);
    return;
  }
  if (file && out !== undefined) await draft.showFile(vscode.Uri.parse(out, true), file.text);
  else await draft.show(vscode.Uri.parse(uri, true), edits);
  const write = `Write ${amount}`;
  void vscode.window.showInformationMessage(sentence, write, 'Discard').then(async (choice) => {
    if (choice === write && (await draft.write()) && !file) {
      const written = `${plural(edits.length, 'rationale')} written into ${basename(vscode.Uri.parse(uri, true))}.`;
      void vscode.window.showInformationMessage(
        `${written} Undo takes ${edits.length === 1 ? 'it' : 'them all'} back.`,
      );
    }
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
