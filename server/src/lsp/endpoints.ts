import { modelsFileIn } from '../files/models-file.ts';
import { type ReadEndpoints, readEndpointsOf } from '../inference/index.ts';

/** The endpoints that the settings name, and the models file in each of the workspace's folders. */
export function configuredEndpoints(setting: unknown, folders: readonly string[]): ReadEndpoints {
  const files = folders.flatMap((folder) => modelsFileIn(folder) ?? []);
  const { endpoints, problems } = readEndpointsOf([
    { name: 'The setting rationale.endpoints', value: setting },
    ...files.map(({ path, endpoints: value }) => ({ name: path, value })),
  ]);
  return { endpoints, problems: [...files.flatMap(({ problem }) => problem ?? []), ...problems] };
}
