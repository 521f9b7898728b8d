/** Models that a user adds to the catalog: one table, from which they are read, checked, described and completed. */
import { type Field, fieldFaults, flag, isObject, schemaOf, text, texts, whole } from '../fields.ts';
import { CATALOG, OPEN_WEIGHTS } from './entries.ts';
import type { CatalogEntry } from './types.ts';

export const MODEL_FIELDS: readonly Field[] = [
  { name: 'name', ...text('What people call it; its id where it is not said.') },
  { name: 'family', ...text('`model_type` of its config.json: `smolvlm`.') },
  { name: 'repository', ...text('Repository of its weights on a hub: `owner/name`.') },
  {
    name: 'onnx',
    ...text('Repository with its weights in ONNX, as transformers.js reads them: `owner/name`.'),
  },
  { name: 'served', ...texts('What servers call it that serve it.') },
  { name: 'revision', ...text('Commit or branch of the repository that is meant.') },
  { name: 'licence', ...text('Its licence: `apache-2.0`.') },
  { name: 'parameters', ...whole(1, 10_000_000, 'How many parameters it has, in millions.') },
  { name: 'image', ...text('How it sees an image.') },
  { name: 'stop', ...texts('Tokens that end its answers.') },
  { name: 'remoteCode', ...flag('Its repository has code of its own that would have to be run.') },
];

export interface ReadModels {
  /** The user's entries, then ours. */
  readonly catalog: readonly CatalogEntry[];
  /** One sentence for each thing that cannot be used. */
  readonly problems: readonly string[];
}

/** The catalog with what several places add to it; of entries of one id the first counts, and the user's go before ours. */
export function readModelsOf(
  places: readonly { readonly name: string; readonly value: unknown }[],
): ReadModels {
  const found = new Map<string, CatalogEntry>();
  const problems: string[] = [];
  for (const { name, value } of places) {
    if (value !== undefined && !isObject(value)) problems.push(`${name}: "models" must be an object, by id.`);
    for (const [id, given] of Object.entries(isObject(value) ? value : {})) {
      const faults = faultsOf(id, given);
      problems.push(...faults.map((fault) => `${name}: ${fault}`));
      if (faults.length === 0 && !found.has(id))
        found.set(id, entryOf(id, given as Partial<CatalogEntry>, name));
    }
  }
  return { catalog: [...found.values(), ...CATALOG.filter(({ id }) => !found.has(id))], problems };
}

function faultsOf(id: string, given: unknown): string[] {
  if (!/^[\w-][\w.-]*$/.test(id))
    return [`A model cannot be called "${id}": letters, digits, dashes and, behind the first, dots can.`];
  const faults = fieldFaults(`model "${id}"`, MODEL_FIELDS, given);
  if (faults.length > 0) return faults;
  const { repository, onnx, served } = given as Partial<CatalogEntry>;
  if (repository || onnx || served?.length) return [];
  return [`The model "${id}" must say where it is to be had: "repository", "onnx" or "served".`];
}

function entryOf(id: string, given: Partial<CatalogEntry>, source: string): CatalogEntry {
  const unknown = { name: id, family: null, repository: null, licence: null, parameters: null, stop: null };
  return { ...OPEN_WEIGHTS, ...unknown, ...given, id, source };
}

/** The JSON Schema of `rationale.models`. */
export function modelsSchema() {
  return { type: 'object', additionalProperties: schemaOf(MODEL_FIELDS) };
}
