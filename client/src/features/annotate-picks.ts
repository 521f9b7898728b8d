import * as vscode from 'vscode';
import { Methods, type ModelRow } from '../../../server/src/protocol/messages.ts';
import type { Session } from '../session.ts';
import { plural } from '../text.ts';

const TITLE = 'Annotate Dataset';

/** Asks for a model; those that cannot run say why. Undefined when the user backs out. */
export async function pickModel(session: Session): Promise<string | undefined> {
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
    title: `${TITLE} (1/2): model`,
    placeHolder: 'Which model should answer the questions?',
    matchOnDetail: true,
  });
  return choice?.label;
}

/** Asks for a split; null is every record, undefined backs out. Asks nothing when there are no splits. */
export async function pickSplit(session: Session, uri: string): Promise<string | null | undefined> {
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
    title: `${TITLE} (2/2): split`,
    placeHolder: 'Which records? Those that already have a current answer are not run again.',
  });
  return choice?.split;
}

function noModel(models: readonly ModelRow[]): string {
  const reason = models.find((model) => model.unavailable !== null)?.unavailable;
  return reason
    ? `No model can run here: ${reason}`
    : 'No model was found; the Models view lists where they come from.';
}
