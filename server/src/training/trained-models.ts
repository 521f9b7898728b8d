import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RUN_FILES } from './run-folder.ts';

/** The students that these runs have exported, each called after its run. */
export function trainedModels(
  folders: readonly string[],
): { readonly id: string; readonly folder: string }[] {
  return folders
    .map((folder) => ({ id: basename(folder), folder: join(folder, RUN_FILES.onnx) }))
    .filter(({ folder }) => existsSync(join(folder, 'config.json')));
}
