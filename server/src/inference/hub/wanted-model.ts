/** From what somebody calls a model to where it is fetched from. */
import { join } from 'node:path';
import type { CatalogEntry } from '../catalog/types.ts';
import { type HubRepository, hubAddress } from './hub.ts';

export interface WantedModel {
  readonly repository: HubRepository;
  /** What it is called once it is there. */
  readonly id: string;
  /** Where it is to be. */
  readonly folder: string;
  /** Null: it is not of the catalog. */
  readonly entry: CatalogEntry | null;
  /** Its weights are meant, for Python, even where it has ONNX files. */
  readonly weights: boolean;
  /** Repositories whose own code may run, each at a commit: `owner/name@commit`. */
  readonly allowedCode: readonly string[];
}

interface Around {
  readonly catalog: readonly CatalogEntry[];
  /** The folder of fetched models. */
  readonly parent: string;
  readonly allowedCode: readonly string[];
  /** Absent: the catalog's. */
  readonly revision?: string;
}

/**
 * @param model an id of the catalog, or `owner/name`
 * @throws Error whose message is one sentence
 */
export function wantedModel(model: string, { catalog, parent, allowedCode, revision }: Around): WantedModel {
  const entry = catalog.find(({ id }) => id === model) ?? null;
  const name = entry ? (entry.onnx ?? entry.repository) : model;
  if (!name) throw new Error(`${entry?.name} cannot be fetched: its weights are not to be had.`);
  if (!/^[\w.-]+\/[\w.-]+$/.test(name))
    throw new Error(`There is no model "${model}" in the catalog, and owner/name names a repository.`);
  const repository = { hub: hubAddress(), name, revision: revision ?? entry?.revision ?? 'main' };
  const id = entry?.id ?? name.replace('/', '--');
  return { repository, id, folder: join(parent, id), entry, weights: entry?.onnx === null, allowedCode };
}
