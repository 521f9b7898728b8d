import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { readTextFile } from './text-file.ts';

export const PROMPT_FILE_EXTENSION = '.prompty';

export interface FoundPrompt {
  /** The file's name without its extension. */
  readonly name: string;
  readonly text: string;
}

/**
 * Finds a prompt file: a path, else a name in `prompts/` beside the dataset, else the name of a shipped one.
 * Throws one sentence that names what there is.
 */
export function findPromptFile(prompt: string, datasetPath: string, shippedFolder: string): FoundPrompt {
  const beside = join(dirname(datasetPath), 'prompts');
  const candidates = prompt.endsWith(PROMPT_FILE_EXTENSION)
    ? [isAbsolute(prompt) ? prompt : resolve(prompt), join(dirname(datasetPath), prompt)]
    : [join(beside, prompt + PROMPT_FILE_EXTENSION), join(shippedFolder, prompt + PROMPT_FILE_EXTENSION)];
  const path = candidates.find(existsSync);
  if (!path) {
    const known = [...new Set([beside, shippedFolder].flatMap(promptNames))].join(', ');
    throw new Error(
      `There is no prompt file "${prompt}": name a ${PROMPT_FILE_EXTENSION} file, or one of ${known}.`,
    );
  }
  return { name: basename(path, PROMPT_FILE_EXTENSION), text: readTextFile(path) };
}

function promptNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(PROMPT_FILE_EXTENSION))
    .map((file) => basename(file, PROMPT_FILE_EXTENSION));
}
