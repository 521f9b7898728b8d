/** Finding one's way in a prompt file: names, files that it names, its parts. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type DocumentLink,
  type DocumentSymbol,
  type Location,
  SymbolKind,
  type TextEdit,
} from 'vscode-languageserver/node';
import {
  datasetLink,
  formatPrompt,
  imageLinks,
  promptNameAt,
  promptOutline,
  renameInPrompt,
} from '../core/pipeline/editing.ts';
import type { Position, Range, Span } from '../core/span.ts';
import { spanRange } from './convert.ts';
import { pathOf } from './open-document.ts';
import type { CheckedPrompt } from './prompt-files.ts';

type Part = ReturnType<typeof promptOutline>[number];

const START = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
const KINDS: Readonly<Record<Part['kind'], SymbolKind>> = {
  'front-matter': SymbolKind.Namespace,
  key: SymbolKind.Property,
  role: SymbolKind.Class,
  block: SymbolKind.Struct,
};

/** From a name in the template to where the front matter declares it, from the name of a file to the file. */
export function definition(checked: CheckedPrompt, position: Position): Location[] {
  const { uri, document, written } = checked;
  const offset = document.offsetAt(position);
  const link = filesNamed(checked).find(({ span }) => span.start <= offset && offset <= span.end);
  if (link) return existsSync(link.target) ? [{ uri: pathToFileURL(link.target).href, range: START }] : [];
  const places = promptNameAt(written, offset);
  return (places?.declared ?? []).map((span) => ({ uri, range: spanRange(document, span) }));
}

/** Everywhere that the name at a position stands. */
export function references(
  { uri, document, written }: CheckedPrompt,
  position: Position,
  withDeclaration: boolean,
): Location[] {
  const places = promptNameAt(written, document.offsetAt(position));
  if (!places) return [];
  const spans = [...(withDeclaration ? places.declared : []), ...places.used];
  return spans.map((span) => ({ uri, range: spanRange(document, span) }));
}

/** The name that would be renamed at a position; null where none stands. */
export function renameRange({ document, written }: CheckedPrompt, position: Position): Range | null {
  const places = promptNameAt(written, document.offsetAt(position));
  return places && spanRange(document, places.here);
}

/** @throws Error with one sentence, when the name cannot be given */
export function rename(
  { document, written }: CheckedPrompt,
  position: Position,
  newName: string,
): TextEdit[] {
  const prompt = { name: written.name, text: written.text };
  const edits = renameInPrompt(prompt, document.offsetAt(position), newName);
  return (edits ?? []).map(({ span, newText }) => ({ range: spanRange(document, span), newText }));
}

/** Its parts, for the outline. */
export function symbols({ document, written }: CheckedPrompt): DocumentSymbol[] {
  const symbolOf = ({ name, kind, span, nameSpan, parts }: Part): DocumentSymbol => ({
    name,
    kind: KINDS[kind],
    range: spanRange(document, span),
    selectionRange: spanRange(document, nameSpan),
    children: parts.map(symbolOf),
  });
  return promptOutline(written).map(symbolOf);
}

/** The files that it names and that are there. */
export function links(checked: CheckedPrompt): DocumentLink[] {
  return filesNamed(checked)
    .filter(({ target }) => existsSync(target))
    .map(({ span, target }) => ({
      range: spanRange(checked.document, span),
      target: pathToFileURL(target).href,
    }));
}

/** The edits that format its template. */
export function formatting({ document, written }: CheckedPrompt): TextEdit[] {
  return formatPrompt(written).map(({ span, newText }) => ({ range: spanRange(document, span), newText }));
}

function filesNamed({
  uri,
  written,
  includes,
}: CheckedPrompt): { readonly span: Span; readonly target: string }[] {
  const folder = dirname(pathOf(uri) ?? '');
  const dataset = datasetLink(written);
  const named = [...(dataset ? [dataset] : []), ...imageLinks(written)].map(({ span, path }) => ({
    span,
    target: resolve(folder, path),
  }));
  const partials = includes.includes.flatMap(({ pathSpan, id }) =>
    id ? [{ span: pathSpan, target: id }] : [],
  );
  return [...named, ...partials];
}
