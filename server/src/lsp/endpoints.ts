import { modelsFileIn } from '../files/models-file.ts';
import {
  type CatalogEntry,
  type EndpointSettings,
  readEndpointsOf,
  readModelsOf,
} from '../inference/index.ts';
import type { Settings } from '../protocol/settings.ts';

/** Models that run elsewhere, and those that are known of. */
export interface ConfiguredModels {
  readonly endpoints: readonly EndpointSettings[];
  readonly catalog: readonly CatalogEntry[];
  /** Whole sentences. */
  readonly problems: readonly string[];
}

/** What the settings name, and the models file in each of the workspace's folders. */
export function configuredModels(
  settings: Pick<Settings, 'endpoints' | 'models'>,
  folders: readonly string[],
): ConfiguredModels {
  const files = folders.flatMap((folder) => modelsFileIn(folder) ?? []);
  const { endpoints, problems } = readEndpointsOf([
    { name: 'The setting rationale.endpoints', value: settings.endpoints },
    ...files.map(({ path, endpoints: value }) => ({ name: path, value })),
  ]);
  const models = readModelsOf([
    { name: 'The setting rationale.models', value: settings.models },
    ...files.map(({ path, models: value }) => ({ name: path, value })),
  ]);
  const unread = files.flatMap(({ problem }) => problem ?? []);
  return { endpoints, catalog: models.catalog, problems: [...unread, ...problems, ...models.problems] };
}
