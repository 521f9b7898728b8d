import * as vscode from 'vscode';
import { Methods, type ModelRow } from '../../../server/src/protocol/messages.ts';
import type { Session } from '../session.ts';
import { plural } from '../text.ts';

/** What is being asked for, and in how many steps: the model, the split, the samples, and what comes after. */
export interface Asking {
  readonly title: string;
  readonly steps: number;
}

/** A model is asked for first, to answer the questions, unless it is said otherwise. */
const ANSWERING = { step: 1, placeHolder: 'Which model should answer the questions?' };

/** Asks for a model; those that cannot run say why. Undefined when the user backs out. */
export async function pickModel(
  session: Session,
  { title, steps }: Asking,
  { step, placeHolder } = ANSWERING,
): Promise<string | undefined> {
  const { models } = await session.request(Methods.models, null);
  const usable = models.filter((model) => model.unavailable === null);
  if (usable.length === 0) throw new Error(noModel(models));
  const items = usable.map((model) => ({
    label: model.id,
    description: [model.role === 'other' ? model.provider : model.role, model.device]
      .filter(Boolean)
      .join(' · '),
    detail: model.description,
  }));
  const choice = await vscode.window.showQuickPick(items, {
    title: `${title} (${step}/${steps}): model`,
    placeHolder,
    matchOnDetail: true,
  });
  return choice?.label;
}

/** Asks for a split; null is every record, undefined backs out. Asks nothing when there are no splits. */
export async function pickSplit(
  session: Session,
  uri: string,
  { title, steps }: Asking,
): Promise<string | null | undefined> {
  const { splits, records } = await session.request(Methods.splits, { uri });
  if (splits.length === 0) return null;
  const items = [
    ...splits.map(({ name, records }) => ({
      label: name,
      description: plural(records, 'record'),
      split: name as string | null,
    })),
    { label: 'all records', description: plural(records, 'record'), split: null },
  ];
  const choice = await vscode.window.showQuickPick(items, {
    title: `${title} (2/${steps}): split`,
    placeHolder: 'Which records? Those that already have a current answer are not run again.',
  });
  return choice?.split;
}

/** Asks how many answers a model is to give of each record. Undefined when the user backs out. */
export async function pickSamples({ title, steps }: Asking, step = 3): Promise<number | undefined> {
  const items = [4, 8, 16].map((samples) => ({
    label: `${samples}`,
    description: 'answers of each record',
    samples,
  }));
  const placeHolder = 'More answers find more rationales, and make a vote surer; each costs as much again.';
  const choice = await vscode.window.showQuickPick(items, {
    title: `${title} (${step}/${steps}): samples`,
    placeHolder,
  });
  return choice?.samples;
}

/** Asks how far the samples of a record have to agree. Undefined when the user backs out. */
export async function pickThreshold({ title, steps }: Asking): Promise<number | undefined> {
  const items = [
    [0.5, 'half of the samples: the teacher is asked seldom'],
    [0.7, 'seven in ten'],
    [0.9, 'nine in ten'],
    [1, 'all of them: the teacher is asked wherever one sample differs'],
  ] as const;
  const choice = await vscode.window.showQuickPick(
    items.map(([below, description]) => ({ label: `${100 * below} %`, description, below })),
    {
      title: `${title} (${steps}/${steps}): agreement`,
      placeHolder: 'The teacher is asked where fewer of the samples agree.',
    },
  );
  return choice?.below;
}

function noModel(models: readonly ModelRow[]): string {
  const reason = models.find((model) => model.unavailable !== null)?.unavailable;
  return reason
    ? `No model can run here: ${reason}`
    : 'No model was found; the Models view lists where they come from.';
}
