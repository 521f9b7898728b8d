/** Recipes by themselves and with what is around them: what the rules say of one, what it trains on, what it costs. */
import { checkRecipe } from '../annotations/engine.ts';
import type { Finding, RuleSettings } from '../annotations/types.ts';
import { foreignPrediction, joinOutputs, type Pipeline, readOutputsFile } from '../pipeline.ts';
import type { Completions } from '../prompts/completion.ts';
import { readPromptFile } from '../prompts/prompt-file.ts';
import { templateUses } from '../prompts/uses.ts';
import { offeredVariables } from '../prompts/variables.ts';
import { completeRecipe as complete } from '../recipes/complete-recipe.ts';
import { describeKey } from '../recipes/describe-recipe.ts';
import { readRecipeFile, recipeKeyAt } from '../recipes/recipe-file.ts';
import type { DataFacts, PromptFacts, Recipe, RecipeFacts, TeacherFacts } from '../recipes/types.ts';
import type { Store } from '../store/types.ts';
import { type Examples, examplesFor, selectRecords } from './training.ts';
import type { NamedPrompt, TeacherOutput } from './types.ts';

/** A recipe file with the name that people know it by. */
export type NamedRecipe = NamedPrompt;

/** What a recipe's names lead to. Each method throws one sentence where they lead to nothing. */
export interface RecipeSurroundings {
  /** Null when nothing is stored here. */
  readonly store: Store | null;
  /** The folder of a model, absolute, or the hub repository that the name means. */
  model(name: string): string;
  dataset(name: string): Pipeline;
  prompt(name: string, dataset: Pipeline): NamedPrompt;
  outputs(name: string): { readonly path: string; readonly text: string };
}

/**
 * What the rules say of a recipe. Spans lie in its text.
 *
 * @param around null: only the recipe itself is checked
 */
export function checkRecipeFile(
  { name, text }: NamedRecipe,
  around: RecipeSurroundings | null,
  rules: RuleSettings,
): Finding[] {
  const file = readRecipeFile(text, name);
  return checkRecipe({ file, facts: around && factsOf(file.recipe, around) }, rules);
}

/** What can be written at an offset of a recipe; null where there is nothing to offer. */
export function completeRecipe({ text }: NamedRecipe, offset: number): Completions | null {
  return complete(text, offset);
}

/** What the key at an offset of a recipe means, as Markdown; null where there is none. */
export function hoverRecipe({ text }: NamedRecipe, offset: number): string | null {
  const key = recipeKeyAt(text, offset);
  return key && describeKey(key);
}

/** What a run of the recipe comes to, as far as it can be told without running anything. */
export interface RecipeCost {
  readonly examples: number;
  readonly steps: number;
}

/** Null when the recipe or its dataset cannot be read. */
export function recipeCost({ name, text }: NamedRecipe, around: RecipeSurroundings): RecipeCost | null {
  const { recipe, problems } = readRecipeFile(text, name);
  if (problems.length > 0) return null;
  const { data, teacher } = factsOf(recipe, around);
  if ('problem' in data) return null;
  // Which of the teacher's outputs are kept is told only by judging them all.
  const examples =
    teacher && !('problem' in teacher) ? Math.min(data.selected, teacher.matched) : data.selected;
  return { examples, steps: stepsOf(recipe, examples) };
}

/** Optimiser steps of a whole run: the last batch of an epoch may be smaller, and is a step none the less. */
export function stepsOf({ batch, accumulation, epochs }: Recipe, examples: number): number {
  return Math.ceil(examples / (batch * accumulation)) * epochs;
}

/** A recipe with everything that it names found and written out. */
export interface ResolvedRecipe {
  /** The recipe with absolute paths and its prompt's text; keys of another objective or adapter are left out. */
  readonly settings: Omit<Recipe, 'prompt'> & { readonly prompt: ResolvedPrompt };
  readonly examples: Examples;
}

interface ResolvedPrompt {
  readonly name: string;
  readonly setting: number;
  readonly format: string;
  readonly template: string;
  readonly text: string;
}

/**
 * Everything that a training needs, and nothing else.
 * @throws Error with one sentence when it cannot be trained
 */
export function resolveRecipe({ name, text }: NamedRecipe, around: RecipeSurroundings): ResolvedRecipe {
  const { recipe, problems } = readRecipeFile(text, name);
  const [problem] = problems;
  if (problem) throw new Error(`The recipe ${name} cannot be used: ${problem.message}`);
  const dataset = around.dataset(recipe.data.dataset);
  const prompt = around.prompt(recipe.prompt, dataset);
  const examples = examplesFor(recipe, dataset, prompt, teacherOutputs(recipe, dataset, around));
  const { run, outputs, model } = recipe.teacher;
  const file = readPromptFile(prompt.text, prompt.name);
  const settings = {
    ...recipe,
    student: around.model(recipe.student),
    teacher: {
      run,
      outputs: outputs === null ? null : around.outputs(outputs).path,
      model: model === null ? null : around.model(model),
    },
    data: { ...recipe.data, dataset: dataset.surroundings.path },
    prompt: {
      ...{ name: prompt.name, setting: file.setting, format: file.format },
      ...{ template: file.template, text: prompt.text },
    },
    objective: withoutNulls(recipe.objective),
    adapter: withoutNulls(recipe.adapter),
  };
  return { settings, examples };
}

function withoutNulls<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null)) as T;
}

function factsOf(recipe: Recipe, around: RecipeSurroundings): RecipeFacts {
  const dataset = orProblem(() => around.dataset(recipe.data.dataset));
  const student = orProblem(() => around.model(recipe.student));
  const { model } = recipe.teacher;
  const teacherModel = model === null ? null : orProblem(() => around.model(model));
  const known = isProblem(dataset) ? null : dataset;
  return {
    student: isProblem(student) ? student.problem : null,
    teacherModel: isProblem(teacherModel) ? teacherModel.problem : null,
    data: isProblem(dataset) ? dataset : dataFacts(recipe, dataset),
    prompt: known ? orProblem(() => promptFacts(around.prompt(recipe.prompt, known))) : { problem: '' },
    teacher: known && orProblem(() => teacherFacts(recipe, known, around)),
  };
}

function dataFacts(recipe: Recipe, dataset: Pipeline): DataFacts {
  const { document } = dataset;
  let records = 0;
  for (const { source } of document.chunks) if (source) records++;
  const { split, records: most } = recipe.evaluation;
  return {
    splits: dataset.splitCounts(),
    records,
    selected: selectRecords(dataset, recipe).length,
    evaluation: most === 0 ? 0 : split === null ? records : (dataset.splitCounts().get(split) ?? 0),
  };
}

function promptFacts({ name, text }: NamedPrompt): PromptFacts {
  const file = readPromptFile(text, name);
  const [problem] = file.problems;
  if (problem) throw new Error(`The prompt file ${name} cannot be used: ${problem.message}`);
  const offered = offeredVariables(file).filter(({ isWithheld }) => !isWithheld);
  const used = new Set(templateUses(file)?.variables.map((use) => use.name));
  const shows = offered.flatMap(({ name: variable, tells }) => (tells && used.has(variable) ? [tells] : []));
  return { name, setting: file.setting, gold: file.gold, shows: [...new Set(shows)] };
}

function teacherFacts(recipe: Recipe, dataset: Pipeline, around: RecipeSurroundings): TeacherFacts | null {
  const outputs = teacherOutputs(recipe, dataset, around);
  if (!outputs) return null;
  const ids = new Set(outputs.map(({ recordId }) => recordId));
  const matched = selectRecords(dataset, recipe).filter(({ record }) => ids.has(record.id)).length;
  return { matched, outputs: outputs.length };
}

/**
 * The outputs of the teacher that the recipe names; null when it names none.
 * @throws Error with one sentence when they cannot be had, or are not of this dataset
 */
export function teacherOutputs(
  { teacher }: Recipe,
  dataset: Pipeline,
  around: RecipeSurroundings,
): TeacherOutput[] | null {
  if (teacher.run) return teacher.run.flatMap((id) => runOutputs(id, dataset, around.store));
  if (teacher.outputs === null) return null;
  const { path, text } = around.outputs(teacher.outputs);
  const { outputs } = readOutputsFile(text, path);
  const sources = dataset.document.chunks.flatMap(({ source }) => source ?? []);
  const join = joinOutputs(
    outputs,
    sources.map(({ record }) => record),
  );
  if (join.matched === 0) {
    throw new Error(
      `${path} does not belong to ${dataset.surroundings.path}: no output names one of its records.`,
    );
  }
  return outputs.flatMap((output, index) => {
    const record = sources[join.records[index] ?? -1]?.record;
    const { mapped } = foreignPrediction(output);
    const passRate = passRateOf(output.fields);
    return record ? [{ recordId: record.id, output: output.output, mapped, passRate }] : [];
  });
}

/** As side files of rationales say it. */
function passRateOf({ passed, of }: Readonly<Record<string, unknown>>): number | undefined {
  return typeof passed === 'number' && typeof of === 'number' && of > 0 ? passed / of : undefined;
}

function runOutputs(id: string, dataset: Pipeline, store: Store | null): TeacherOutput[] {
  const run = store?.run(id);
  if (!store || !run) {
    const known = store?.runs(dataset.surroundings.path).map((one) => one.id) ?? [];
    const there =
      known.length > 0
        ? `stored for this dataset are ${known.join(', ')}`
        : 'none is stored for this dataset';
    throw new Error(`There is no run "${id}": ${there}; make one with rationale annotate … --run ${id}.`);
  }
  if (run.dataset !== dataset.surroundings.path) {
    throw new Error(`The run "${id}" is of ${run.dataset}, another dataset than the one to learn from.`);
  }
  return [...store.predictions(id).values()]
    .flat()
    .filter(({ error, output }) => error === undefined && output.trim() !== '')
    .map(({ recordId, output }) => ({ recordId, output }));
}

type OrProblem<T> = T | { readonly problem: string };

function orProblem<T>(get: () => T): OrProblem<T> {
  try {
    return get();
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function isProblem(value: unknown): value is { readonly problem: string } {
  return typeof value === 'object' && value !== null && 'problem' in value;
}
