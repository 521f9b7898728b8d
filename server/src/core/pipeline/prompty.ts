/** Prompt files by themselves: what the rules say of one, and what exactly a model would be shown with it. */
import { filterHover, frontMatterHover, variableHover } from '../annotations/prompt-hover.ts';
import { DEFAULT_MAX_NEW_TOKENS } from '../decoding.ts';
import { READERS } from '../judgements/readers/index.ts';
import type { Pipeline } from '../pipeline.ts';
import { completionsAt, filterAt } from '../prompts/complete.ts';
import { keyPathAt } from '../prompts/complete-front-matter.ts';
import type { Completions, Offers } from '../prompts/completion.ts';
import { describeVariables } from '../prompts/describe.ts';
import { type KeyValue, keyAt } from '../prompts/front-matter-keys.ts';
import { type Imported, importPrompt } from '../prompts/import/index.ts';
import { SNIPPETS, type SnippetLanguage, type SnippetOptions } from '../prompts/snippets.ts';
import type { Message, PromptFile, Setting, VariableUse } from '../prompts/types.ts';
import { templateUses } from '../prompts/uses.ts';
import { offeredVariables } from '../prompts/variables.ts';
import { splitOf } from '../records/splits.ts';
import type { RecordSource } from '../records/types.ts';
import { count, quote } from '../text.ts';
import { type ComposedPrompt, readPrompt, refusalOf, usablePrompt } from './prompts.ts';
import type { NamedPrompt } from './types.ts';

/** Path of the dataset that a prompt file names, from the file; null when it names none. */
export function datasetNamedBy(prompt: NamedPrompt): string | null {
  return readPrompt(prompt).dataset;
}

/** What is said of a prompt file that names a dataset which does not exist. */
export function missingDataset(named: string): string {
  return `There is no dataset ${quote(named)}, counted from the folder of this file.`;
}

/** Tokens of an answer to the prompt, at most, when nobody says otherwise. */
export function maxNewTokensOf(prompt: NamedPrompt): number {
  return readPrompt(prompt).maxOutputTokens ?? DEFAULT_MAX_NEW_TOKENS;
}

/** A field that the prompt does not hold, and why in a few words. */
export interface OmittedField {
  readonly field: string;
  readonly why: string;
}

/** A prompt as people send it by themselves. */
export function promptSnippet(
  language: SnippetLanguage,
  messages: readonly Message[],
  options: SnippetOptions,
): string {
  return SNIPPETS[language](messages, options);
}

/** What a model would be shown for a record. */
export interface RenderedPrompt {
  readonly record: string;
  readonly setting: Setting;
  /** Ids of the models that the prompt file is written for; empty when it names none. */
  readonly models: readonly string[];
  /** Image paths are absolute. */
  readonly messages: readonly Message[];
  /** What is asked before these; an output that is not known yet stands as `«…»`. */
  readonly before: ComposedPrompt['before'];
  /** Ids of the records that are shown solved. */
  readonly demonstrations: readonly string[];
  readonly omitted: readonly OmittedField[];
  /** One sentence why no model would be asked this; null when one would be. */
  readonly refusal: string | null;
}

/**
 * What a model would be shown for the record.
 *
 * @param setting in place of the prompt file's own
 * @throws Error with one sentence when the prompt file cannot be used
 */
export function renderRecord(
  prompt: NamedPrompt,
  source: RecordSource,
  dataset: Pipeline,
  setting?: Setting,
): RenderedPrompt {
  const { messages, before, ...composed } = composeRecord(prompt, source, dataset, { setting });
  return { ...rendered(source, composed), messages, before };
}

/** Composes a prompt, if the file can be used. @throws Error with one sentence when it cannot */
export function composeRecord(
  prompt: NamedPrompt,
  source: RecordSource,
  dataset: Pipeline,
  options: { readonly setting?: Setting; readonly isMarked?: boolean },
): ComposedPrompt {
  usablePrompt(prompt);
  return dataset.compose(prompt, source, options);
}

/** What there is to be said of a prompt beside its messages. */
export function rendered(
  { record }: RecordSource,
  { file, image, setting, demonstrations, omitted }: Omit<ComposedPrompt, 'messages' | 'before'>,
): Omit<RenderedPrompt, 'messages' | 'before'> {
  return {
    record: record.id,
    setting,
    models: file.models,
    demonstrations,
    omitted: omittedFrom(file, setting, omitted),
    refusal: refusalOf(image),
  };
}

const FIELDS = ['question', 'choices', 'hint', 'image', 'task', 'lecture', 'solution'];

function omittedFrom(file: PromptFile, setting: Setting, omitted: readonly string[]): OmittedField[] {
  const asked = new Set(templateUses(file)?.variables.map((use) => fieldOf(file, use)));
  const withheld = offeredVariables({ ...file, setting }).filter(({ isWithheld }) => isWithheld);
  const fields = FIELDS.flatMap((field) => {
    if (withheld.some(({ name }) => name === field)) {
      const though = asked.has(field) ? ', though the template asks for it' : '';
      return [{ field, why: `setting ${setting} withholds it${though}` }];
    }
    if (omitted.includes(field)) return [{ field, why: 'the record has none' }];
    return asked.has(field) ? [] : [{ field, why: 'the template does not ask for it' }];
  });
  const gold = withheld.filter(({ name, tells }) => tells === 'answer' && asked.has(name));
  const why = 'the gold answer is withheld, though the template asks for it';
  return [...fields, ...gold.map(({ name }) => ({ field: name, why }))];
}

/**
 * What can be written at an offset of a prompt file; null where there is nothing to offer.
 *
 * @param dataset one of whose records gives the examples; null when none is known
 * @param offers values that only the surroundings know; splits and readers are known here
 * @param studied id of the record that a person looks at; null: the first
 */
export function completePrompt(
  prompt: NamedPrompt,
  offset: number,
  dataset: Pipeline | null,
  offers: Pick<Offers, 'datasets' | 'models' | 'partials'>,
  studied: string | null = null,
): Completions | null {
  const record = dataset && (exampleRecord(prompt, dataset, studied)?.record ?? null);
  const splits = [...(dataset?.splitCounts() ?? [])].map(
    ([split, n]): KeyValue => [split, count(n, 'record')],
  );
  const readers = READERS.map(({ id, source }): KeyValue => [id, source]);
  return completionsAt(prompt.text, offset, record, { ...offers, splits, readers });
}

/**
 * What the variable or the key at an offset of a prompt file is and holds, as Markdown; null where there is none.
 *
 * @param dataset one of whose records gives its value; null when none is known
 * @param studied id of the record that a person looks at; null: the first
 */
export function hoverPrompt(
  prompt: NamedPrompt,
  offset: number,
  dataset: Pipeline | null,
  studied: string | null = null,
): string | null {
  const file = readPrompt(prompt);
  if (offset < file.bodyStart) return keyHover(prompt.text, offset);
  const filter = filterAt(file.template, offset - file.bodyStart);
  if (filter) return filterHover(filter);
  const use = templateUses(file)?.variables.find(({ span }) => span.start <= offset && offset <= span.end);
  if (!use) return null;
  const record = dataset && (exampleRecord(prompt, dataset, studied)?.record ?? null);
  const variable = describeVariables(file, record).find((offered) => offered.name === use.name);
  if (!variable) return null;
  return variableHover(variable, file.setting, record && { id: record.id, dataset: fileName(dataset) });
}

/**
 * The record that a prompt file is shown with: the one that is studied, else the first of its split, else the first.
 *
 * @param studied id of the record that a person looks at; null when none is known
 */
export function exampleRecord(
  prompt: NamedPrompt,
  { document, surroundings }: Pipeline,
  studied: string | null = null,
): RecordSource | null {
  const index = studied === null ? undefined : document.find(studied);
  const source = index === undefined ? null : document.chunks[index]?.source;
  if (source) return source;
  const { split } = readPrompt(prompt);
  let first: RecordSource | null = null;
  for (const { source } of document.chunks) {
    if (!source) continue;
    if (split === null || splitOf(source.record, surroundings.splits) === split) return source;
    first ??= source;
  }
  return first;
}

/** The id of a model that the front matter names at an offset; null where it names none. */
export function modelNamedAt(prompt: NamedPrompt, offset: number): string | null {
  const { places, models } = readPrompt(prompt);
  const named = places.models;
  if (!named || offset < named.start || offset > named.end) return null;
  const [before = ''] = /[^\s,[\]'"]*$/.exec(prompt.text.slice(named.start, offset)) ?? [];
  const [after = ''] = /^[^\s,[\]'"]*/.exec(prompt.text.slice(offset, named.end)) ?? [];
  return models.find((model) => model === before + after) ?? null;
}

function keyHover(text: string, offset: number): string | null {
  const found = keyPathAt(text, offset);
  const key = found && keyAt(found.path);
  return key ? frontMatterHover(found.path, key) : null;
}

/** The field that a name of the template stands for. */
export function fieldOf({ fields }: PromptFile, { name }: VariableUse): string {
  return Object.hasOwn(fields, name) ? (fields[name] as string) : name;
}

/** File name of a dataset. */
export function fileName({ surroundings }: Pipeline): string {
  return surroundings.path.split(/[\\/]/).at(-1) ?? '';
}

/** A prompt file of another format as `.prompty`. @throws Error with one sentence when it cannot be */
export function importPromptFile({ name, text }: NamedPrompt): Imported {
  return importPrompt(name, text);
}
