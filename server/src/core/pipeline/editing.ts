/** What an editor does with the text of a prompt file: finding names, renaming, its outline, formatting. */

import { formatEdits } from '../prompts/format.ts';
import { type NamePlaces, namePlacesAt, renameInput } from '../prompts/names.ts';
import { outline, type Part } from '../prompts/outline.ts';
import type { PromptEdit } from '../prompts/types.ts';
import { templateUses } from '../prompts/uses.ts';
import type { Span } from '../span.ts';
import { readPrompt } from './prompts.ts';
import type { NamedPrompt } from './types.ts';

/** Partials are put into prompt files before anything else is done with them. */
export { type Expansion, expandIncludes } from '../prompts/includes.ts';

/** The name of the record's at an offset of the file, with all its places; null where none stands. */
export function promptNameAt(prompt: NamedPrompt, offset: number): NamePlaces | null {
  const file = readPrompt(prompt);
  return namePlacesAt(file, templateUses(file), offset);
}

/**
 * Gives the name at an offset of the file another name everywhere in it.
 *
 * @returns null where no name stands
 * @throws Error with one sentence, when the name cannot be given
 */
export function renameInPrompt(prompt: NamedPrompt, offset: number, newName: string): PromptEdit[] | null {
  const places = promptNameAt(prompt, offset);
  return places && renameInput(prompt.text, readPrompt(prompt), places, newName);
}

/** Its parts, as an outline shows them. */
export function promptOutline(prompt: NamedPrompt): Part[] {
  return outline(prompt.text, readPrompt(prompt));
}

/** The edits that format its template without changing what it makes of any record. */
export function formatPrompt(prompt: NamedPrompt): PromptEdit[] {
  return formatEdits(readPrompt(prompt));
}

/** Where the file names its dataset, and how; null when it does not. */
export function datasetLink(prompt: NamedPrompt): { readonly span: Span; readonly path: string } | null {
  const { dataset, places } = readPrompt(prompt);
  return dataset !== null && places.dataset ? { span: places.dataset, path: dataset } : null;
}

/** An image that is the same for every record. */
const FIXED_IMAGE = /!\[[^\]\n]{0,200}\]\(([^){}\n]{1,200})\)/g;

/** Where the template names images that are files, and which. */
export function imageLinks(prompt: NamedPrompt): { readonly span: Span; readonly path: string }[] {
  const { template, bodyStart } = readPrompt(prompt);
  return Array.from(template.matchAll(FIXED_IMAGE), ({ 0: link, 1: path = '', index }) => {
    const start = bodyStart + index + link.lastIndexOf('(') + 1;
    return { span: { start, end: start + path.length }, path: path.trim() };
  }).filter(({ path }) => !/^[a-z]+:/i.test(path));
}
