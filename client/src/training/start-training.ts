import * as vscode from 'vscode';
import { Methods } from '../../../server/src/protocol/messages.ts';
import type { MissingPython, TrainingPlace, TrainResult } from '../../../server/src/protocol/training.ts';
import type { Host } from '../feature.ts';
import { chosenPythons } from './pythons.ts';

export interface Start {
  /** A recipe, or the folder of a run that is to go on. */
  readonly uri: vscode.Uri;
  readonly check?: boolean;
  /** Left out: where the run was before. */
  readonly on?: TrainingPlace;
}

type Begun = Extract<TrainResult, { folder: string }>;

let lastToken = 0;

/**
 * Starts a training, or goes on with it. Where no Python can train, one question offers to make an environment.
 * Null when the user declines.
 */
export async function startTraining({ session }: Host, { uri, check, on }: Start): Promise<Begun | null> {
  const pythons = await chosenPythons(uri);
  const ask = () => session.request(Methods.train, { uri: uri.toString(), pythons, check, on });
  const result = await during(check ? 'Checking the recipe' : 'Starting the training', ask);
  if (!('missing' in result)) return result;
  if (!(await offerEnvironment(result.missing))) return null;
  await makeEnvironment(session, result.missing);
  const again = await during('Starting the training', ask);
  if ('missing' in again) throw new Error(`${lacks(again.missing)}, although an environment was made.`);
  return again;
}

async function offerEnvironment(missing: MissingPython): Promise<boolean> {
  const make = 'Make Environment';
  const choice = await vscode.window.showInformationMessage(
    `Training needs Python packages. ${lacks(missing)}. Make an environment of Rationale’s own for them?`,
    {
      modal: true,
      detail: `It is made in your user folder from locked versions, with PyTorch and transformers: about two gigabytes. Everything but training works without it. To train with a Python of your own, ${settingWords()}.`,
    },
    make,
  );
  return choice === make;
}

/** Of the user's own settings, a window of another machine need not hear those that are about a machine. */
function settingWords(): string {
  return vscode.env.remoteName === undefined
    ? 'name it in the setting rationale.python'
    : 'name it in the setting rationale.python of the remote machine (Preferences: Open Remote Settings) or of the workspace';
}

function lacks({ python, packages }: MissingPython): string {
  return python ? `${python} lacks ${packages.join(', ')}` : 'No Python 3.11 or newer was found';
}

async function makeEnvironment(session: Host['session'], { python }: MissingPython): Promise<void> {
  const workDoneToken = `rationale-environment-${++lastToken}`;
  const title = 'Making an environment for training';
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title, cancellable: true }, async (shown, cancellation) => {
    const listening = await session.onProgress(workDoneToken, ({ message }) => shown.report({ message }));
    try {
      await session.request(Methods.makeEnvironment, { python, workDoneToken }, cancellation);
    } finally {
      listening.dispose();
    }
  });
}

function during<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work);
}
