import { resolve } from 'node:path';
import { checkRecipeFile, type NamedRecipe, type RecipeSurroundings } from '../core/pipeline/recipes.ts';
import type { Store } from '../core/store/types.ts';
import { namedRecipe, recipeSurroundings } from '../files/recipe-places.ts';
import { shippedModels, shippedPrompts } from '../files/shipped.ts';
import { readTextFile } from '../files/text-file.ts';
import type { CheckedFile } from './formats/checked.ts';
import { placeIn } from './formats/place.ts';
import { openDataset } from './open-dataset.ts';
import { workspaceRules } from './settings.ts';
import { withUsableStore } from './usable-store.ts';

/** A recipe with what its names lead to. */
export interface OpenRecipe {
  /** Absolute. */
  readonly path: string;
  readonly recipe: NamedRecipe;
  readonly around: RecipeSurroundings;
}

/** Opens a recipe file. Throws one sentence when it cannot be read. */
export function openRecipe(file: string, store: Store | null): OpenRecipe {
  const path = resolve(file);
  const recipe = namedRecipe(path, readTextFile(path));
  const dataset = (name: string) => openDataset(name, store).pipeline;
  return {
    path,
    recipe,
    around: recipeSurroundings(path, { shippedModels, shippedPrompts, store, dataset }),
  };
}

/** What the recipe rules say of a file. */
export function checkRecipe(file: string): CheckedFile {
  return withUsableStore((store) => checkedRecipe(file, openRecipe(file, store)));
}

/** The same of a recipe that is open already. @param file as the user wrote it */
export function checkedRecipe(file: string, { path, recipe, around }: OpenRecipe): CheckedFile {
  const findings = checkRecipeFile(recipe, around, workspaceRules(path)).map((finding) => ({
    finding,
    ...placeIn(file, recipe.text, finding.span),
  }));
  return { file, records: [], findings };
}
