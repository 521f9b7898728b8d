/** What the names in a recipe lead to on disk. */
import { existsSync, globSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { NamedRecipe, RecipeSurroundings } from '../core/pipeline/recipes.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { SHIPPED_FAMILY } from '../core/shipped-family.ts';
import type { Store } from '../core/store/types.ts';
import { findPromptFile, PROMPT_FILE_EXTENSION } from './prompt-files.ts';
import { readTextFile } from './text-file.ts';

const RECIPE_FILE = /\.recipe\.ya?ml$/i;
/** A repository of a hub. */
const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;
/** The weights that PyTorch loads, and what an export holds from which a model can be trained on: LLaVA's alone. */
const WEIGHTS = ['!(prefix).safetensors', 'pytorch_model*.bin'];
const TRAINED_FROM_EXPORT = 'llava';
const EXPORTED = ['preprocessor_config.json', 'generation_config.json'];
const GRAPHS = ['decoder_model_merged', 'embed_tokens', 'vision_encoder'];

/** Where to look besides the recipe's own folder, and who reads datasets. */
export interface RecipeWorld {
  /** Folder that holds one folder for each shipped model. */
  readonly shippedModels: string;
  /** Folder of the shipped prompt files. */
  readonly shippedPrompts: string;
  readonly store: Store | null;
  /** Opens the dataset at an absolute path; throws one sentence when it cannot. */
  readonly dataset: (path: string) => Pipeline;
}

/** Whether a file is a recipe: its name tells. */
export function isRecipeFile(path: string): boolean {
  return RECIPE_FILE.test(path);
}

/** The recipe at a path, called after its file. */
export function namedRecipe(path: string, text: string): NamedRecipe {
  return { name: basename(path).replace(RECIPE_FILE, ''), text };
}

/** What is around the recipe at this absolute path. */
export function recipeSurroundings(path: string, world: RecipeWorld): RecipeSurroundings {
  const from = (name: string) => resolve(dirname(path), name);
  return {
    store: world.store,
    model: (name) => modelFolder(name, from(name), world.shippedModels),
    dataset: (name) => world.dataset(from(name)),
    prompt: (name, dataset) => {
      const isOwn = name.endsWith(PROMPT_FILE_EXTENSION) && existsSync(from(name));
      return findPromptFile(isOwn ? from(name) : name, dataset.surroundings.path, world.shippedPrompts);
    },
    outputs: (name) => ({ path: from(name), text: readTextFile(from(name)) }),
  };
}

function modelFolder(name: string, here: string, shippedModels: string): string {
  const folder = name.startsWith(SHIPPED_FAMILY)
    ? join(shippedModels, name.slice(SHIPPED_FAMILY.length))
    : here;
  if (existsSync(folder) && statSync(folder).isDirectory()) {
    const missing = missingFiles(folder);
    if (missing.length > 0) throw new Error(`The model folder ${folder} lacks ${missing.join(' and ')}.`);
    return folder;
  }
  if (name.startsWith(SHIPPED_FAMILY)) {
    const shipped = readdirSync(shippedModels).map((model) => SHIPPED_FAMILY + model);
    throw new Error(`There is no model "${name}": those that are shipped are ${shipped.sort().join(', ')}.`);
  }
  const isPath = isAbsolute(name) || name.startsWith('.');
  if (!isPath && REPOSITORY.test(name)) return name;
  throw new Error(
    `There is no model "${name}": name a model folder (looked for ${folder}), an id of rationale models, or a repository owner/name.`,
  );
}

/** What a folder lacks to be trained, in words. */
function missingFiles(folder: string): string[] {
  const has = (...patterns: string[]) => globSync(patterns, { cwd: folder }).length > 0;
  const missing = ['config.json', 'tokenizer_config.json'].filter((file) => !has(file));
  if (!has('tokenizer.json', 'tokenizer.model', 'vocab.json')) missing.push('tokenizer.json');
  if (!has('preprocessor_config.json', 'processor_config.json')) missing.push('preprocessor_config.json');
  if (has(...WEIGHTS)) return missing;
  if (![null, TRAINED_FROM_EXPORT].includes(modelType(folder)) || has('prefix.safetensors')) {
    const hint = has('onnx/*.onnx')
      ? '; only a LLaVA without a learnt prefix is trained from its export in onnx/'
      : '';
    return [...missing, `weights (*.safetensors${hint})`];
  }
  missing.push(...EXPORTED.filter((file) => !missing.includes(file) && !has(file)));
  const graphs = GRAPHS.filter((graph) => !has(`onnx/${graph}.onnx`));
  if (graphs.length === GRAPHS.length) missing.push('weights (*.safetensors, or an export in onnx/)');
  else missing.push(...graphs.map((graph) => `onnx/${graph}.onnx`));
  return missing;
}

/** Null where config.json does not say. */
function modelType(folder: string): string | null {
  try {
    const { model_type: type } = JSON.parse(readTextFile(join(folder, 'config.json')));
    return typeof type === 'string' ? type : null;
  } catch {
    return null;
  }
}
