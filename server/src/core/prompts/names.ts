import type { Span } from '../span.ts';
import { quote } from '../text.ts';
import { GLOBAL_NAMES } from './bounded.ts';
import { OWN } from './front-matter-keys.ts';
import type { PromptEdit, PromptFile, TemplateUses } from './types.ts';
import { offeredVariables } from './variables.ts';
import { STATEMENTS } from './vocabulary.ts';

/** Everywhere that a name of the record stands in a prompt file. Spans lie in the file. */
export interface NamePlaces {
  readonly name: string;
  /** The one that was asked about. */
  readonly here: Span;
  /** In the front matter: under `inputs`, and as another name of a field. */
  readonly declared: readonly Span[];
  /** In the template. */
  readonly used: readonly Span[];
}

/** The name at an offset of the file with all its places; null where none stands. */
export function namePlacesAt(file: PromptFile, uses: TemplateUses | null, offset: number): NamePlaces | null {
  const declared = [...file.inputs, ...file.fieldNames];
  const all = [...declared, ...(uses?.variables ?? [])];
  const here = all.find(({ span }) => span.start <= offset && offset <= span.end);
  if (!here) return null;
  const { name } = here;
  const spansOf = (places: readonly { readonly name: string; readonly span: Span }[]) =>
    places.filter((place) => place.name === name).map(({ span }) => span);
  return { name, here: here.span, declared: spansOf(declared), used: spansOf(uses?.variables ?? []) };
}

/**
 * Gives a name of the record another name everywhere in the file. The record keeps its own: `fields` then says which
 * is meant, so that the template makes the same of every record.
 *
 * @throws Error with one sentence, when the name cannot be given
 */
export function renameInput(
  text: string,
  file: PromptFile,
  { name, declared, used }: NamePlaces,
  newName: string,
): PromptEdit[] {
  refuseName(file, newName);
  const renamed = [...declared, ...used].map((span) => ({ span, newText: newName }));
  const isField = Object.hasOwn(file.fields, name);
  const offered = offeredVariables({ setting: 3, gold: true }).some((variable) => variable.name === name);
  return isField || !offered ? renamed : [...renamed, newField(text, file, newName, name)];
}

const RESERVED = [
  ...GLOBAL_NAMES,
  ...STATEMENTS.map(([word]) => word),
  'and',
  'or',
  'not',
  'in',
  'is',
  'loop',
];

function refuseName(file: PromptFile, name: string): void {
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw new Error(
      `${quote(name, 40)} is no name: names hold letters, digits and _, and begin with no digit.`,
    );
  }
  if (RESERVED.includes(name)) throw new Error(`${quote(name, 40)} is a word of the template language.`);
  if (offeredVariables(file).some((variable) => variable.name === name)) {
    throw new Error(`A record offers ${quote(name, 40)} already: choose another name.`);
  }
}

/** The edit that has `fields` say what a name stands for. */
function newField(text: string, file: PromptFile, name: string, field: string): PromptEdit {
  const [other] = file.fieldNames;
  if (other) {
    const isFlow = /[{,]\s*$/.test(text.slice(0, other.span.start));
    const next = isFlow ? ', ' : `\n${' '.repeat(columnOf(text, other.span.start))}`;
    return inserted(other.span.start, `${name}: ${field}${next}`);
  }
  const broken = file.problems.find(({ code }) => code === 'invalid-front-matter');
  if (broken || !file.matter) throw new Error(`Correct the front matter first: ${broken?.message}`);
  const { start, end } = file.matter;
  const yaml = text.slice(start, end);
  const entry = `fields: { ${name}: ${field} }`;
  // The deepest of the keys around it that is there, on a line of its own.
  for (let depth = OWN.length; depth > 0; depth--) {
    const key = new RegExp(`^( *)${OWN[depth - 1]}:[ \\t]*(?:#.*)?\\r?\\n( *)`, 'm').exec(yaml);
    if (!key) {
      if (!new RegExp(`\\b${OWN[depth - 1]}\\s*:`).test(yaml)) continue;
      throw new Error(`Write ${OWN.join('.')} on lines of its own first: the new name is to be noted there.`);
    }
    const [line, indent = '', inner = ''] = key;
    const at = start + key.index + line.length - inner.length;
    const deeper = inner.length > indent.length ? inner : `${indent}  `;
    return inserted(at, blockOf(OWN.slice(depth), entry, deeper));
  }
  return inserted(end, blockOf(OWN, entry, ''));
}

function blockOf(keys: readonly string[], entry: string, indent: string): string {
  const lines = [...keys.map((key) => `${key}:`), entry];
  return lines.map((line, depth) => `${indent}${'  '.repeat(depth)}${line}\n`).join('');
}

function inserted(at: number, newText: string): PromptEdit {
  return { span: { start: at, end: at }, newText };
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}
