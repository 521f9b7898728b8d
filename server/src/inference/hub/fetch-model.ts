/** Fetching a model folder from a hub, after somebody has agreed to its size. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gigabytes } from '../catalog/place.ts';
import type { CatalogEntry } from '../catalog/types.ts';
import { modelFiles, readModelConfig } from '../onnx/model-files.ts';
import { isWeightsFolder, WEIGHTS_INDEX, weightFiles } from '../weights-folder.ts';
import { cachedSnapshot } from './cache.ts';
import { commitOf, fetchFile, type HubFile, type HubRepository, listFiles } from './hub.ts';
import { writeOrigin } from './origin.ts';
import type { WantedModel } from './wanted-model.ts';

/** What a fetch would bring. */
export interface FetchPlan {
  readonly repository: HubRepository;
  readonly files: readonly HubFile[];
  readonly bytes: number;
  readonly folder: string;
}

/** Files of a model folder besides graphs and weights. */
const SMALL = /^[^/]+\.(json|jinja|txt|model)$/;
/** Code, which is fetched when it may run. */
const CODE = /^[^/]+\.py$/;

/**
 * Works out which files a model needs; only the small ones that tell it are fetched for that.
 * @throws Error whose message is one sentence
 */
export async function planFetch(wanted: WantedModel, signal: AbortSignal): Promise<FetchPlan> {
  const { folder, weights, allowedCode } = wanted;
  const repository = { ...wanted.repository, revision: await commitOf(wanted.repository) };
  const all = await listFiles(repository);
  const small = all.filter(({ path }) => SMALL.test(path));
  if (!small.some(({ path }) => path === 'config.json')) {
    throw new Error(`${repository.name} is no model folder: it has no config.json.`);
  }
  const begun = partialFolder(folder);
  for (const file of small) await fetchFile(repository, file, join(begun, file.path), () => {}, signal);
  const paths = all.map(({ path }) => path);
  const large = largeFiles(repository.name, begun, paths, weights);
  const mayRun = allowedCode.includes(`${repository.name}@${repository.revision}`);
  const files = all.filter(({ path }) => large.has(path) || SMALL.test(path) || (mayRun && CODE.test(path)));
  return { repository, files, bytes: files.reduce((sum, { size }) => sum + size, 0), folder };
}

/** Its graphs; or its weights where those are meant, or it has no graphs that run here. @throws Error whose message is one sentence */
function largeFiles(
  name: string,
  begun: string,
  paths: readonly string[],
  weights: boolean,
): ReadonlySet<string> {
  const present = new Set(paths);
  const index = join(begun, WEIGHTS_INDEX);
  const ofWeights = weightFiles(paths, existsSync(index) ? readFileSync(index, 'utf8') : null);
  const hasGraphs = paths.some((path) => path.startsWith('onnx/'));
  if (!hasGraphs && ofWeights.length === 0)
    throw new Error(`${name} has neither ONNX files nor weights in safetensors.`);
  const isOfWeights = ofWeights.length > 0 && (weights || !hasGraphs);
  const { required, optional } = isOfWeights
    ? { required: ofWeights, optional: [] }
    : modelFiles(begun, readModelConfig(begun), (path) => present.has(path));
  const missing = required.find((path) => !present.has(path));
  if (missing) throw new Error(`${name} has no ${missing}.`);
  return new Set([...required, ...optional]);
}

/** A plan in words, for whoever has to agree to it: `owner/name (210 MB in 12 files, licence MIT) from … into …`. */
export function fetchWords({ repository, files, bytes }: FetchPlan, { entry, folder }: WantedModel): string {
  const licence = entry ? `, licence ${entry.licence ?? 'unknown'}` : '';
  return `${repository.name} (${gigabytes(bytes)} in ${files.length} files${licence}) from ${repository.hub} into ${folder}`;
}

/** Fetches what is planned. Broken off, it goes on the next time; the folder is there when it is whole. */
export async function fetchModel(
  { repository, files, folder }: FetchPlan,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const begun = partialFolder(folder);
  for (const file of files) await fetchFile(repository, file, join(begun, file.path), onBytes, signal);
  writeOrigin(begun, repository.name, repository.revision);
  await mkdir(join(folder, '..'), { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await rename(begun, folder);
}

/**
 * The models that are here from a hub: those that were fetched, in a folder called after the model each, and the weights
 * of the catalog's models that lie in the model cache of Hugging Face's libraries.
 */
export function fetchedModels(
  parent: string,
  catalog: readonly CatalogEntry[],
): { readonly id: string; readonly folder: string }[] {
  const own = ownModels(parent);
  const cached = catalog.flatMap(({ id, repository, revision }) => {
    if (repository === null || own.some((one) => one.id === id)) return [];
    const folder = cachedSnapshot(repository, revision ?? 'main');
    return folder !== null && isWeightsFolder(folder) ? [{ id, folder }] : [];
  });
  return [...own, ...cached];
}

function ownModels(parent: string): { readonly id: string; readonly folder: string }[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(parent, entry.name, 'config.json')))
    .filter(({ name }) => !name.endsWith(BEGUN))
    .map(({ name }) => ({ id: name, folder: join(parent, name) }));
}

const BEGUN = '.begun';

function partialFolder(folder: string): string {
  return folder + BEGUN;
}
