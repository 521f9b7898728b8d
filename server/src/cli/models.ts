import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Model, ModelCard, ModelProvider } from '../core/models/types.ts';
import { findModelsFile, MODELS_FILE } from '../files/models-file.ts';
import { shippedModels } from '../files/shipped.ts';
import {
  CATALOG,
  createProviders,
  type EndpointSettings,
  fetchedModels,
  type Placed,
  placeOf,
  readEndpointsOf,
} from '../inference/index.ts';
import { fetchedFolder } from '../storage/location.ts';
import { trainedModels } from '../training/trained-models.ts';
import { UsageError } from './exit.ts';
import { workspaceSettings } from './settings.ts';
import { withUsableStore } from './usable-store.ts';

export type DeviceSetting = 'auto' | 'cpu' | 'webgpu';

export interface OfferedModel {
  readonly provider: ModelProvider;
  readonly card: ModelCard;
}

/** Every model that the providers know. */
export async function offeredModels(
  device: DeviceSetting,
  named: readonly string[] = [],
): Promise<OfferedModel[]> {
  const offered: OfferedModel[] = [];
  const trained = trainedModels(withUsableStore((store) => store?.trainings() ?? []));
  const fetched = fetchedModels(fetchedFolder());
  const endpoints = configuredEndpoints();
  for (const provider of createProviders({ shippedModels, device, named, trained, fetched, endpoints })) {
    for (const card of await provider.list()) offered.push({ provider, card });
  }
  return offered;
}

/**
 * The endpoints that the nearest `.vscode/settings.json` and the nearest models file name, beside or above the present
 * folder; what cannot be used is said on stderr.
 */
function configuredEndpoints(): readonly EndpointSettings[] {
  const here = process.cwd();
  const settings = workspaceSettings(join(here, MODELS_FILE));
  const file = findModelsFile(here);
  const { endpoints, problems } = readEndpointsOf([
    { name: `${settings.file}`, value: settings.values.endpoints },
    { name: `${file?.path}`, value: file?.endpoints },
  ]);
  for (const problem of [...(file?.problem ? [file.problem] : []), ...problems])
    process.stderr.write(`${problem}\n`);
  return endpoints;
}

/** Every model of the catalog, and what it takes to run it. */
export function placedModels(): Placed[] {
  const fetched = new Set(fetchedModels(fetchedFolder()).map(({ id }) => id));
  const endpoints = configuredEndpoints();
  return CATALOG.map((entry) => placeOf(entry, { endpoints, fetched, memory: totalmem() }));
}

/** The model that the user named, by id or by folder. Throws one sentence when it cannot run here. */
export async function findModel(id: string, device: DeviceSetting): Promise<OfferedModel> {
  const offered = await offeredModels(device, [id]);
  const found = offered.find(({ card }) => card.id === id);
  if (!found) {
    const placed = placedModels().find(({ entry }) => entry.id === id);
    if (placed) throw new UsageError(`${placed.entry.name} is not at hand. ${placed.why}`);
    throw new UsageError(
      `There is no model "${id}": known are ${offered.map(({ card }) => card.id).join(', ')}, or name a model folder.`,
    );
  }
  if (found.card.unavailable) throw new UsageError(found.card.unavailable);
  return found;
}

/** Opens a model, passing its provider's notices on to the user. */
export function openModel(provider: ModelProvider, card: ModelCard): Promise<Model> {
  return provider.open(card, (sentence) => process.stderr.write(`${sentence}\n`));
}
