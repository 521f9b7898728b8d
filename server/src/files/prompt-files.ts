import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { type Expansion, expandIncludes } from '../core/prompts/includes.ts';
import { SCIENCEQA_NAMES, scienceqaPrompt } from '../core/prompts/scienceqa.ts';
import { findPartialsIn, partialsFolder } from './partials.ts';
import { readTextFile } from './text-file.ts';

export const PROMPT_FILE_EXTENSION = '.prompty';

export interface FoundPrompt {
  /** The file's name without its extension. */
  readonly name: string;
  readonly text: string;
}

/**
 * Finds a prompt file: a path, else a name in `prompts/` beside the dataset, else the name of a shipped one or of one
 * of its presets, else a format code of ScienceQA (`scienceqa-QCM-ALE`).
 * Throws one sentence that names what there is.
 */
export function findPromptFile(prompt: string, datasetPath: string, shippedFolder: string): FoundPrompt {
  const beside = join(dirname(datasetPath), 'prompts');
  const presets = join(shippedFolder, 'presets');
  const candidates = prompt.endsWith(PROMPT_FILE_EXTENSION)
    ? [isAbsolute(prompt) ? prompt : resolve(prompt), join(dirname(datasetPath), prompt)]
    : [beside, shippedFolder, presets].map((folder) => join(folder, prompt + PROMPT_FILE_EXTENSION));
  const path = candidates.find(existsSync);
  if (!path) {
    const coded = scienceqaPrompt(prompt);
    if (coded !== null) return { name: prompt, text: coded };
    const named = [beside, shippedFolder, presets].flatMap(promptNames);
    const known = [...new Set([...named, ...SCIENCEQA_NAMES])].join(', ');
    throw new Error(
      `There is no prompt file "${prompt}": name a ${PROMPT_FILE_EXTENSION} file, or one of ${known}.`,
    );
  }
  const { text } = expandPromptFile(readTextFile(path), path, [process.cwd()]);
  return { name: basename(path, PROMPT_FILE_EXTENSION), text };
}

/** A prompt file with its partials in it. @param folders out of which no include leads, when the file lies in one */
export function expandPromptFile(
  text: string,
  path: string,
  folders: readonly string[],
  textOf?: (path: string) => string | null,
): Expansion {
  const full = resolve(path);
  return expandIncludes(text, full, findPartialsIn(partialsFolder(full, folders), textOf));
}

function promptNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(PROMPT_FILE_EXTENSION))
    .map((file) => basename(file, PROMPT_FILE_EXTENSION));
}
