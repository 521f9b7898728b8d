import { heldTo } from '../../core/pipeline/constraints.ts';
import type { RunCard } from '../../core/store/types.ts';
import { describe, PLACE_WORDS } from '../../inference/index.ts';
import type { RequestHandler } from '../handler.ts';

export const models: RequestHandler<'rationale/models'> = async (_params, session) => {
  const runs = session.storeIfAny()?.runs() ?? [];
  // Model folders that the user has run before are offered again.
  const named = [...new Set(runs.map((run) => run.model))];
  const offered = await session.models.list(session.device, named);
  const models = offered.map(({ card }) => ({
    id: card.id,
    name: card.name,
    provider: card.provider,
    role: card.role,
    description: card.description,
    device: session.models.deviceOf(card.id)?.device ?? lastDevice(runs, card.id),
    passedOver: session.models.deviceOf(card.id)?.passedOver ?? [],
    heldTo: heldTo(card),
    unavailable: card.unavailable ?? null,
  }));
  const catalog = session.models.catalog().map(({ entry, place, why }) => ({
    id: entry.id,
    name: entry.name,
    place: PLACE_WORDS[place],
    why,
    details: describe(entry),
    canFetch: place === 'to-fetch' || place === 'to-fetch-for-python',
  }));
  return { models, catalog };
};

/** @param runs newest first */
function lastDevice(runs: readonly RunCard[], model: string): string | null {
  return runs.find((run) => run.model === model && run.device !== '')?.device ?? null;
}
