/** Prompt files by themselves: what the rules say of one, and what exactly a model would be shown with it. */
import { checkPrompt } from './annotations/engine.ts';
import { variableHover } from './annotations/prompt-hover.ts';
import type { Finding, RuleSettings } from './annotations/types.ts';
import type { Pipeline } from './pipeline.ts';
import { type ComposedPrompt, refusalOf } from './pipeline-prompts.ts';
import type { NamedPrompt } from './pipeline-types.ts';
import { type Completions, completionsAt } from './prompts/complete.ts';
import { describeVariables } from './prompts/describe.ts';
import { readPromptFile } from './prompts/prompt-file.ts';
import type { Message, PromptFile, Setting } from './prompts/types.ts';
import { templateUses } from './prompts/uses.ts';
import { offeredVariables } from './prompts/variables.ts';
import type { DatasetRecord, RecordSource } from './records/types.ts';

/**
 * What the rules say of a prompt file. Spans lie in its text.
 *
 * @param dataset the one it is for; null when none is known
 */
export function checkPromptFile(
  { name, text }: NamedPrompt,
  dataset: Pipeline | null,
  rules: RuleSettings,
): Finding[] {
  const file = readPromptFile(text, name);
  const offered = offeredVariables(file.setting, file.gold);
  return checkPrompt(
    { file, uses: templateUses(file), offered, records: dataset && countOf(dataset) },
    rules,
  );
}

function countOf({ document }: Pipeline) {
  let total = 0;
  let withImage = 0;
  for (const { source } of document.chunks) {
    if (!source) continue;
    total++;
    if (source.record.image !== null) withImage++;
  }
  return { total, withImage };
}

/** A field that the prompt does not hold, and why in a few words. */
export interface OmittedField {
  readonly field: string;
  readonly why: string;
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
  const [problem] = readPromptFile(prompt.text, prompt.name).problems;
  if (problem) throw new Error(`The prompt file ${prompt.name} cannot be used: ${problem.message}`);
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
    demonstrations: demonstrations.map((other) => other.record.id),
    omitted: omittedFrom(file, setting, omitted),
    refusal: refusalOf(image),
  };
}

const FIELDS = ['question', 'choices', 'hint', 'image', 'task', 'lecture', 'solution'];

function omittedFrom(file: PromptFile, setting: Setting, omitted: readonly string[]): OmittedField[] {
  const asked = new Set(templateUses(file)?.variables.map(({ name }) => name));
  const withheld = offeredVariables(setting, file.gold).filter(({ isWithheld }) => isWithheld);
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
 * @param dataset whose first record gives the examples; null when none is known
 */
export function completePrompt(
  { text }: NamedPrompt,
  offset: number,
  dataset: Pipeline | null,
): Completions | null {
  return completionsAt(text, offset, dataset && firstRecord(dataset));
}

/**
 * What the variable at an offset of a prompt file is and holds, as Markdown; null where there is none.
 *
 * @param dataset whose first record gives its value; null when none is known
 */
export function hoverPrompt(
  { name, text }: NamedPrompt,
  offset: number,
  dataset: Pipeline | null,
): string | null {
  const file = readPromptFile(text, name);
  const use = templateUses(file)?.variables.find(({ span }) => span.start <= offset && offset <= span.end);
  if (!use) return null;
  const record = dataset && firstRecord(dataset);
  const variable = describeVariables(file, record).find((offered) => offered.name === use.name);
  if (!variable) return null;
  const [dataFile = ''] = dataset?.surroundings.path.split(/[\\/]/).slice(-1) ?? [];
  return variableHover(variable, file.setting, record && { id: record.id, dataset: dataFile });
}

function firstRecord({ document }: Pipeline): DatasetRecord | null {
  for (const { chunk } of document.records()) if (chunk.source) return chunk.source.record;
  return null;
}
