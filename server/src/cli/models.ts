import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Model, ModelCard, ModelProvider } from '../core/models/types.ts';
import { findModelsFile, MODELS_FILE } from '../files/models-file.ts';
import { shippedModels } from '../files/shipped.ts';
import {
  type CatalogEntry,
  createProviders,
  type DeviceSetting,
  type EndpointSettings,
  fetchedModels,
  type Placed,
  type PythonAccess,
  placedCatalog,
  readAllowedCode,
  readEndpointsOf,
  readModelsOf,
} from '../inference/index.ts';
import { fetchedFolder } from '../storage/location.ts';
import { trainedModels } from '../training/trained-models.ts';
import { UsageError } from './exit.ts';
import { pythonAccess, pythonIfAny } from './python.ts';
import { workspaceSettings } from './settings.ts';
import { withUsableStore } from './usable-store.ts';

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
  const { catalog, ...around } = configured();
  const fetched = fetchedModels(fetchedFolder(), catalog);
  const options = { shippedModels, device, named, trained, fetched, catalog, ...around };
  for (const provider of createProviders(options)) {
    for (const card of await provider.list()) offered.push({ provider, card });
  }
  return offered;
}

/**
 * What the nearest `.vscode/settings.json` and the nearest models file say, beside or above the present folder; what
 * cannot be used is said on stderr, once.
 */
function configured(): {
  readonly endpoints: readonly EndpointSettings[];
  readonly catalog: readonly CatalogEntry[];
  readonly remoteCode: readonly string[];
  readonly python: PythonAccess;
} {
  if (known) return known;
  const here = process.cwd();
  const { file: settings, values } = workspaceSettings(join(here, MODELS_FILE));
  const file = findModelsFile(here);
  const { endpoints, problems } = readEndpointsOf([
    { name: `${settings}`, value: values.endpoints },
    { name: `${file?.path}`, value: file?.endpoints },
  ]);
  const models = readModelsOf([
    { name: `${settings}`, value: values.models },
    { name: `${file?.path}`, value: file?.models },
  ]);
  const { RATIONALE_REMOTE_CODE } = process.env;
  const code = readAllowedCode(
    'RATIONALE_REMOTE_CODE',
    RATIONALE_REMOTE_CODE?.split(/[\s,]+/).filter(Boolean),
  );
  const faults = [...problems, ...models.problems, ...code.problems];
  for (const problem of [...(file?.problem ? [file.problem] : []), ...faults])
    process.stderr.write(`${problem}\n`);
  const python = pythonAccess(here);
  known = { endpoints, catalog: models.catalog, remoteCode: code.allowed, python };
  return known;
}

let known: ReturnType<typeof configured> | null = null;

/** The catalog's models, the user's first. */
export function catalogModels(): readonly CatalogEntry[] {
  return configured().catalog;
}

/** Repositories whose own code may run, each at a commit. */
export function allowedCode(): readonly string[] {
  return configured().remoteCode;
}

/** Every model of the catalog, and what it takes to run it. */
export async function placedModels(): Promise<Placed[]> {
  const { endpoints, catalog } = configured();
  const fetched = new Set(fetchedModels(fetchedFolder(), catalog).map(({ id }) => id));
  const python = await pythonIfAny(process.cwd());
  const today = new Date().toISOString().slice(0, 10);
  const around = { endpoints, fetched, memory: totalmem(), python, today };
  return placedCatalog(catalog, around);
}

/** The model that the user named, by id or by folder. Throws one sentence when it cannot run here. */
export async function findModel(id: string, device: DeviceSetting): Promise<OfferedModel> {
  const offered = await offeredModels(device, [id]);
  const found = offered.find(({ card }) => card.id === id);
  if (!found) {
    const placed = (await placedModels()).find(({ entry }) => entry.id === id);
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
