import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import {
  checkPromptFile,
  modelsOf,
  type PromptModel,
  type PromptSurroundings,
} from '../core/pipeline/checks.ts';
import { datasetNamedBy, missingDataset } from '../core/pipeline/prompty.ts';
import type { NamedPrompt, Pipeline } from '../core/pipeline.ts';
import { datasetsIn, foldersNear } from '../files/dataset-places.ts';
import { expandPromptFile, PROMPT_FILE_EXTENSION } from '../files/prompt-files.ts';
import { readTextFile } from '../files/text-file.ts';
import type { CheckedFile } from './formats/checked.ts';
import { placeIn } from './formats/place.ts';
import { findModel } from './models.ts';
import { openDataset } from './open-dataset.ts';
import { readAsAt, workspaceRules } from './settings.ts';

/** Whether a file is a prompt file: its name tells. */
export function isPromptFile(file: string): boolean {
  return file.toLowerCase().endsWith(PROMPT_FILE_EXTENSION);
}

/**
 * What the prompt rules say of a file.
 *
 * @param dataset the one it is for; null: the one that it names, else the nearest
 */
export async function checkPrompt(file: string, dataset: Pipeline | null): Promise<CheckedFile> {
  const { prompt, includes, written } = readPrompt(file);
  const bound = dataset ? { dataset, datasetProblem: null } : datasetOf(file, prompt);
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

function datasetOf(
  file: string,
  prompt: NamedPrompt,
): Pick<PromptSurroundings, 'dataset' | 'datasetProblem'> {
  const named = datasetNamedBy(prompt);
  const path = named === null ? nearestDataset(file) : join(dirname(file), named);
  if (path === null) return { dataset: null, datasetProblem: null };
  if (named !== null && !existsSync(path)) return { dataset: null, datasetProblem: missingDataset(named) };
  try {
    return { dataset: openDataset(path, null).pipeline, datasetProblem: null };
  } catch (error) {
    return { dataset: null, datasetProblem: (error as Error).message };
  }
}

/**
 * Path of the dataset that a prompt file is for, as in the editor: the one that it names, else the nearest. Null when
 * there is none, or no such prompt file.
 */
export function datasetPathOf(file: string): string | null {
  if (!isPromptFile(file) || !existsSync(file)) return null;
  const named = datasetNamedBy(readPrompt(file).prompt);
  return named === null ? nearestDataset(file) : join(dirname(file), named);
}

/** The likeliest dataset beside a file or above it; null when there is none. */
function nearestDataset(file: string): string | null {
  const path = resolve(file);
  // What is wrong with the settings is said when the dataset is opened.
  const readAs = (candidate: string) => readAsAt(candidate, null, () => {});
  for (const folder of foldersNear(path, [process.cwd()])) {
    const [found] = datasetsIn(folder, path, readAs);
    if (found) return relative(process.cwd(), found);
  }
  return null;
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
