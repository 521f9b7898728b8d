import { basename, resolve } from 'node:path';
import type { Pipeline } from '../core/pipeline.ts';
import { checkPromptFile } from '../core/pipeline-prompty.ts';
import { PROMPT_FILE_EXTENSION } from '../files/prompt-files.ts';
import { readTextFile } from '../files/text-file.ts';
import type { CheckedFile } from './formats/checked.ts';
import { placeIn } from './formats/place.ts';
import { workspaceRules } from './settings.ts';

/** Whether a file is a prompt file: its name tells. */
export function isPromptFile(file: string): boolean {
  return file.toLowerCase().endsWith(PROMPT_FILE_EXTENSION);
}

/**
 * What the prompt rules say of a file.
 *
 * @param dataset the one it is for; null when none is known
 */
export function checkPrompt(file: string, dataset: Pipeline | null): CheckedFile {
  const text = readTextFile(file);
  const prompt = { name: basename(file, PROMPT_FILE_EXTENSION), text };
  const findings = checkPromptFile(prompt, dataset, workspaceRules(resolve(file))).map((finding) => ({
    finding,
    ...placeIn(file, text, finding.span),
  }));
  return { file, records: [], findings };
}
