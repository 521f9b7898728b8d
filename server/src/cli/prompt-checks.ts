import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  checkPromptFile,
  modelsOf,
  type PromptModel,
  type PromptSurroundings,
} from '../core/pipeline/checks.ts';
import { datasetNamedBy, missingDataset } from '../core/pipeline/prompty.ts';
import type { NamedPrompt, Pipeline } from '../core/pipeline.ts';
import { expandPromptFile, PROMPT_FILE_EXTENSION } from '../files/prompt-files.ts';
import { readTextFile } from '../files/text-file.ts';
import type { CheckedFile } from './formats/checked.ts';
import { placeIn } from './formats/place.ts';
import { findModel } from './models.ts';
import { openDataset } from './open-dataset.ts';
import { workspaceRules } from './settings.ts';

/** Whether a file is a prompt file: its name tells. */
export function isPromptFile(file: string): boolean {
  return file.toLowerCase().endsWith(PROMPT_FILE_EXTENSION);
}

/**
 * What the prompt rules say of a file.
 *
 * @param dataset the one it is for; null: the one that it names, if it does
 */
export async function checkPrompt(file: string, dataset: Pipeline | null): Promise<CheckedFile> {
  const { prompt, includes, written } = readPrompt(file);
  const bound = dataset ? { dataset, datasetProblem: null } : namedDataset(file, prompt);
  const models = await promptModels(modelsOf(prompt, bound.dataset), dirname(file));
  const rules = workspaceRules(resolve(file));
  const findings = checkPromptFile(prompt, { ...bound, models, includes }, rules).map((finding) => ({
    finding,
    ...placeIn(file, written, finding.span),
  }));
  return { file, records: [], findings };
}

/** What is known of the models that a prompt file names; one that is not known here says nothing. */
async function promptModels(ids: readonly string[], folder: string): Promise<PromptModel[]> {
  const models = ids.map(async (id): Promise<PromptModel[]> => {
    try {
      const { provider, card } = await findModel(id.startsWith('.') ? join(folder, id) : id, 'auto');
      const counter = (await provider.tokenCounter?.(card)) ?? null;
      return [{ id, counter, trainedWith: card.trainedWith ?? null }];
    } catch {
      return [];
    }
  });
  return (await Promise.all(models)).flat();
}

function namedDataset(
  file: string,
  prompt: NamedPrompt,
): Pick<PromptSurroundings, 'dataset' | 'datasetProblem'> {
  const named = datasetNamedBy(prompt);
  if (named === null) return { dataset: null, datasetProblem: null };
  const path = join(dirname(file), named);
  if (!existsSync(path)) return { dataset: null, datasetProblem: missingDataset(named) };
  try {
    return { dataset: openDataset(path, null).pipeline, datasetProblem: null };
  } catch (error) {
    return { dataset: null, datasetProblem: (error as Error).message };
  }
}

/** Path of the dataset that a prompt file names; null when it names none or is not there itself. */
export function datasetPathOf(file: string): string | null {
  if (!isPromptFile(file) || !existsSync(file)) return null;
  const named = datasetNamedBy(readPrompt(file).prompt);
  return named === null ? null : join(dirname(file), named);
}

interface ReadPrompt {
  readonly prompt: NamedPrompt;
  readonly includes: PromptSurroundings['includes'];
  /** The file's own text. */
  readonly written: string;
}

function readPrompt(file: string): ReadPrompt {
  const written = readTextFile(file);
  const includes = expandPromptFile(written, file, [process.cwd()]);
  return { prompt: { name: basename(file, PROMPT_FILE_EXTENSION), text: includes.text }, includes, written };
}
