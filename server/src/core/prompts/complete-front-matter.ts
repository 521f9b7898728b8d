import type { Span } from '../span.ts';
import { indentOf, keysOf, parentsOf } from '../yaml-lines.ts';
import type { Completion, Completions, Offers } from './completion.ts';
import { type FrontMatterKey, type KeyValue, keyAt } from './front-matter-keys.ts';
import { offeredVariables } from './variables.ts';

/**
 * What can be written at an offset of the front matter; null where nothing is known to be. Goes by lines and their
 * indents, since YAML that is being typed is seldom YAML.
 */
export function completeFrontMatter(text: string, offset: number, offers: Offers): Completions | null {
  const above = text.slice(0, offset).split(/\r?\n/);
  const line = above.pop() as string;
  const [begun, ...below] = text.slice(offset).split(/\r?\n/) as [string, ...string[]];
  if (begun.startsWith('---')) return null;
  const [rest = ''] = /^[\w./-]*/.exec(begun) ?? [];
  const indent = indentOf(line);
  const parents = parentsOf(above, indent);
  const span = (word: string) => ({ start: offset - word.length, end: offset + rest.length });

  const item = /^ *- +([\w./-]*)$/.exec(line);
  if (item) {
    // A list may stand as far to the left as its key.
    const list = parentsOf(
      above.filter((other) => !/^ *-/.test(other)),
      indent + 1,
    );
    return valuesAt(list, span(item[1] as string), '', offers);
  }
  const word = /^ *(\w*)$/.exec(line)?.[1];
  if (word !== undefined) {
    const there = new Set([...keysOf(above.toReversed(), indent), ...keysOf(below, indent)]);
    return keysUnder(parents, span(word), there, begun);
  }
  const value = /^ *([\w-]+):( *)(?:\[(?:[^\]]*, *| *))?([\w./-]*)$/.exec(line);
  if (!value) return null;
  const [, name, space, written] = value as unknown as [string, string, string, string];
  return valuesAt([...parents, name], span(written), space === '' ? ' ' : '', offers);
}

/** What the front matter's key at an offset is, as a path; null where none stands. */
export function keyPathAt(
  text: string,
  offset: number,
): { readonly path: readonly string[]; readonly span: Span } | null {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const [line = ''] = /.*/y.exec(text.slice(start)) ?? [];
  const key = /^( *)([\w-]+):/.exec(line);
  if (!key) return null;
  const [, indent = '', name = ''] = key;
  const span = { start: start + indent.length, end: start + indent.length + name.length };
  if (offset < span.start || offset > span.end) return null;
  const above = text.slice(0, start).split(/\r?\n/);
  return { path: [...parentsOf(above, indent.length), name], span };
}

function keysUnder(
  parents: readonly string[],
  span: Span,
  there: ReadonlySet<string>,
  begun: string,
): Completions | null {
  const keys = keyAt(parents)?.keys;
  if (!keys) return null;
  const isKey = /^\w*\s*:/.test(begun);
  const items = Object.entries(keys)
    .filter(([name]) => !there.has(name))
    .map(([name, key]): Completion => {
      const after = isKey ? '' : isMapping(key) ? ':' : ': ';
      return { label: name, kind: 'key', newText: name + after, detail: '', what: key.what };
    });
  return { span, items };
}

function valuesAt(path: readonly string[], span: Span, before: string, offers: Offers): Completions | null {
  const key = keyAt(path);
  const values = key ? valuesOf(key, offers) : [];
  const items = values.map(
    ([value, what]): Completion => ({
      ...{ label: value, kind: 'value', newText: before + value, detail: '', what },
    }),
  );
  return items.length > 0 ? { span, items } : null;
}

/** What a key may hold: what the table says, or what the surroundings do. */
function valuesOf({ values, from }: FrontMatterKey, offers: Offers): readonly KeyValue[] {
  if (values) return values;
  if (from === 'variables') return offeredVariables({ setting: 3, gold: true }).map(({ name }) => [name, '']);
  return from ? offers[from] : [];
}

function isMapping({ keys, each, from }: FrontMatterKey): boolean {
  return (keys !== undefined || each !== undefined) && from === undefined;
}
