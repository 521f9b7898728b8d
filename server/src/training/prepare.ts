/** From a recipe to a run's folder, new or known. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type NamedRecipe, type RecipeSurroundings, resolveRecipe } from '../core/pipeline/recipes.ts';
import { RunEvents } from './run-events.ts';
import { hasExamples, type RunSettings, readRunSettings, writeRunFolder } from './run-folder.ts';
import { isTraining } from './trainer-process.ts';

/** Runs lie here, beside the recipe. */
const RUNS = 'runs';
const NAME = /^\w[\w.-]*$/;

export interface PreparedRun {
  /** Absolute. */
  readonly folder: string;
  /** Examples to learn from. */
  readonly examples: number;
  /** What the user should know before it begins, a sentence each. */
  readonly notices: readonly string[];
}

/**
 * Freezes what the recipe trains on into its run's folder. The same recipe finds its run again, which keeps the copy
 * of the data that it began with.
 *
 * @param path of the recipe, absolute
 * @param name the user's own for the run; made from the recipe where it is left out
 * @throws Error with one sentence when it cannot be trained, or when the name is taken by another training
 */
export function prepareRun(
  path: string,
  recipe: NamedRecipe,
  around: RecipeSurroundings,
  name?: string,
): PreparedRun {
  const { settings, examples } = resolveRecipe(recipe, around);
  const digest = createHash('sha256').update(JSON.stringify(settings)).digest('hex');
  if (name !== undefined && !NAME.test(name)) {
    throw new Error(`A run cannot be called "${name}": use letters, digits, dots and dashes.`);
  }
  const called = name ?? `${recipe.name}-${digest.slice(0, 8)}`;
  const folder = join(dirname(path), RUNS, called);
  const whole: RunSettings = { version: 1, name: called, recipe: path, digest, ...settings };
  const isKnown = existsSync(folder);
  if (isKnown && readRunSettings(folder).digest !== digest) {
    throw new Error(
      `The run ${called} was begun with another recipe: choose another name, or delete ${folder}.`,
    );
  }
  const notices = [...examples.leftOut];
  // What was worked out before the first step, such as a teacher's probabilities, stays with the same examples.
  if (!isKnown || !hasExamples(folder, examples)) {
    if (isKnown && (hasBegun(folder) || isTraining(folder))) notices.push(changedData(called));
    else writeRunFolder(folder, whole, examples);
  }
  return { folder, examples: examples.train.length, notices };
}

function changedData(name: string): string {
  return `The data has changed since the run ${name} began; it keeps its own copy. A run of the data as it is now takes another name.`;
}

/** Until a step may have been taken, nothing is lost that is of use with other examples. */
function hasBegun(folder: string): boolean {
  return new RunEvents(folder).readAll().started !== null;
}
