import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds what is shipped: the repository, or the installed extension. */
export const shippedRoot = findRoot(dirname(fileURLToPath(import.meta.url)));
/** One folder for each shipped model. */
export const shippedModels = join(shippedRoot, 'samples', 'sketchbook', 'models');
/** The shipped prompt files. */
export const shippedPrompts = join(shippedRoot, 'samples', 'sketchbook', 'prompts');
/** The trainer: its Python package lies in the folder, with the requirements that it is locked to. */
export const shippedTrainer = {
  folder: join(shippedRoot, 'trainer'),
  requirements: join(shippedRoot, 'trainer', 'requirements.txt'),
};

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'rationale')
      return folder;
    if (folder === dirname(folder)) throw new Error(`Rationale's own files are not above ${start}.`);
  }
}
