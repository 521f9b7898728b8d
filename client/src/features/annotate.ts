import * as vscode from 'vscode';
import { type AnnotateResult, Methods } from '../../../server/src/protocol/messages.ts';
import { chooseDataset } from '../dataset-editor.ts';
import type { Feature, Host } from '../feature.ts';
import { longRequest } from '../long-request.ts';
import { basename, plural } from '../text.ts';
import { type Asking, pickModel, pickSamples, pickSplit, pickThreshold } from './annotate-picks.ts';
import { explainTrust } from './trust.ts';

/** What *Rationale: Annotate Dataset…* may be told by another command; it asks for what is left out. */
export interface AnnotateArguments {
  readonly uri?: string;
  readonly model?: string;
  /** A split's name, or null for every record. */
  readonly split?: string | null;
  readonly prompt?: string;
  readonly setting?: 1 | 2 | 3 | 4;
  /** Answers of each record, which vote. */
  readonly samples?: number;
  readonly temperature?: number;
  readonly seed?: number;
  /** Hold what is written to the prompt's format; absent: as the setting `rationale.constrained` says. */
  readonly constrained?: boolean;
  /** The teacher that is asked where the samples disagree. */
  readonly cascade?: { readonly model: string; readonly below: number };
}

/** As in the experiments of self-consistency (Wang et al., 2023). */
const VOTING_TEMPERATURE = 0.7;

/**
 * *Rationale: Annotate Dataset…*, *… and Vote over Samples…*, *… with a Cascade…*: asks what to run, runs it in the
 * background, says how it went.
 */
export const annotate: Feature = (host) =>
  vscode.Disposable.from(
    vscode.commands.registerCommand('rationale.annotate', (target?: vscode.Uri | AnnotateArguments) =>
      annotateWith(host, argumentsOf(target), { title: 'Annotate Dataset', steps: 2 }),
    ),
    vscode.commands.registerCommand(
      'rationale.annotateSamples',
      (target?: vscode.Uri | AnnotateArguments): Promise<AnnotateResult | null> =>
        annotateWith(
          host,
          { temperature: VOTING_TEMPERATURE, ...argumentsOf(target) },
          { title: 'Annotate and Vote', steps: 3 },
        ),
    ),
    vscode.commands.registerCommand(
      'rationale.annotateCascade',
      (target?: vscode.Uri | AnnotateArguments): Promise<AnnotateResult | null> =>
        annotateWith(
          host,
          { temperature: VOTING_TEMPERATURE, ...argumentsOf(target) },
          { title: 'Annotate with a Cascade', steps: 5 },
        ),
    ),
  );

/** The editor title passes the file; other commands and hovers pass arguments. */
function argumentsOf(target: vscode.Uri | AnnotateArguments | undefined): AnnotateArguments {
  return target instanceof vscode.Uri ? { uri: target.toString() } : (target ?? {});
}

async function annotateWith(
  host: Host,
  given: AnnotateArguments,
  asking: Asking,
): Promise<AnnotateResult | null> {
  if (!vscode.workspace.isTrusted) return explainTrust();
  try {
    const request = await complete(host, given, asking);
    return request && (await run(host, request));
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Annotating failed. ${sentence}`);
    return null;
  }
}

type Chosen = Required<Pick<AnnotateArguments, 'model' | 'split'>> & AnnotateArguments & { uri: string };

/** Asks for what is missing. Null when the user backs out. */
async function complete({ session }: Host, given: AnnotateArguments, asking: Asking): Promise<Chosen | null> {
  const uri = given.uri ?? (await chooseDataset(session))?.toString();
  if (!uri) return null;
  const model = given.model ?? (await pickModel(session, asking));
  if (!model) return null;
  const split = given.split === undefined ? await pickSplit(session, uri, asking) : given.split;
  if (split === undefined) return null;
  if (asking.steps < 3) return { ...given, uri, model, split };
  const samples = given.samples ?? (await pickSamples(asking));
  if (samples === undefined) return null;
  if (asking.steps < 5) return { ...given, uri, model, split, samples };
  const cascade = given.cascade ?? (await pickCascade(session, asking));
  return cascade && { ...given, uri, model, split, samples, cascade };
}

async function pickCascade(
  session: Host['session'],
  asking: Asking,
): Promise<Required<AnnotateArguments>['cascade'] | null> {
  const placeHolder = 'Which model should be asked where the samples disagree?';
  const model = await pickModel(session, asking, { step: 4, placeHolder });
  const below = model && (await pickThreshold(asking));
  return model && below ? { model, below } : null;
}

async function run(host: Host, chosen: Chosen): Promise<AnnotateResult> {
  const { uri, model, split, prompt, setting, samples, temperature, seed, constrained, cascade } = chosen;
  const title = `${model}${cascade ? `, then ${cascade.model},` : ''} on ${basename(vscode.Uri.parse(uri, true))}${split ? `, ${split}` : ''}`;
  const params = {
    uri,
    model,
    prompt,
    setting,
    samples,
    temperature,
    seed,
    constrained,
    cascade,
    split: split ?? undefined,
  };
  const result = await longRequest(host, { title, verb: 'Annotating' }, Methods.annotate, params);
  void tell(result, title, samples, host.session);
  return result;
}

async function tell(
  result: AnnotateResult,
  title: string,
  samples: number | undefined,
  session: Host['session'],
): Promise<void> {
  const counts = [`${plural(result.done, samples ? 'sample' : 'record')} run on ${result.device}`];
  if (result.sent !== undefined) counts.push(`${plural(result.sent, 'record')} sent to the teacher`);
  if (result.reused > 0) counts.push(`${result.reused} already done`);
  if (result.failed > 0) counts.push(`${result.failed} failed`);
  const sentence = `${title}: ${counts.join(', ')}.`;
  if (result.failed > 0) {
    const choice = await vscode.window.showWarningMessage(sentence, 'Show Output');
    if (choice) session.output.show();
  } else if (result.cancelled) {
    void vscode.window.showInformationMessage(`${sentence} Cancelled; annotate again to go on.`);
  } else {
    const choice = await vscode.window.showInformationMessage(sentence, 'Show Findings', 'Show Runs');
    if (choice === 'Show Findings') await vscode.commands.executeCommand('workbench.actions.view.problems');
    if (choice === 'Show Runs') await vscode.commands.executeCommand('rationale.runs.focus');
  }
}
