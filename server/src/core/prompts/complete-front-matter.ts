import type { Completion, Completions } from './complete.ts';
import { FORMATS, OWN, OWN_KEYS } from './prompt-file.ts';
import { STRATEGIES } from './strategies/index.ts';
import type { OutputFormat } from './types.ts';
import { offeredVariables, SETTINGS } from './variables.ts';

type Key = (typeof OWN_KEYS)[number];

const KEYS: Readonly<Record<Key, string>> = {
  setting: 'which of the record’s fields the prompt may hold; 1 where it is absent',
  format: 'what the output is asked to look like; stages where it is absent',
  gold: 'whether the template may see the gold answer; false where it is absent',
  strategy: 'how the model is asked, besides the template; the template alone where it is absent',
  order: 'whether the answer goes before or behind the reasoning; answer-last where it is absent',
  demonstrations: 'the solved records that go before the question: count, by, split, seed, answer',
};
const FORMAT_WORDS: Readonly<Record<OutputFormat, string>> = {
  stages: 'summary, caption, reasoning and conclusion, each in its tag',
  json: 'one JSON object',
  letter: 'the letter of a choice and no more',
};

/**
 * What can be written under `metadata.rationale` at an offset of the front matter; null elsewhere. Goes by lines
 * and their indents, since YAML that is being typed is seldom YAML.
 */
export function completeFrontMatter(text: string, offset: number): Completions | null {
  const above = text.slice(0, offset).split(/\r?\n/);
  const line = above.pop() as string;
  const indent = indentOf(line);
  if (parentsOf(above, indent).join('.') !== OWN.join('.')) return null;
  const [begun, ...below] = text.slice(offset).split(/\r?\n/) as [string, ...string[]];
  const [rest = ''] = /^[\w-]*/.exec(begun) ?? [];
  const span = (word: string) => ({ start: offset - word.length, end: offset + rest.length });
  const key = /^ +(\w*)$/.exec(line);
  if (key) {
    const there = new Set([...keysOf(above.toReversed(), indent), ...keysOf(below, indent)]);
    const after = /^\w*\s*:/.test(begun) ? '' : ': ';
    const items = OWN_KEYS.filter((name) => !there.has(name)).map(
      (name): Completion => ({
        ...{ label: name, kind: 'key', newText: name + after, detail: '', what: KEYS[name] },
      }),
    );
    return { span: span(key[1] as string), items };
  }
  const [, name = '', space, word = ''] = /^ +(\w+):( *)([\w-]*)$/.exec(line) ?? [];
  const items = valuesOf(name).map(
    ([value, what]): Completion => ({
      ...{ label: value, kind: 'value', newText: space === '' ? ` ${value}` : value, detail: '', what },
    }),
  );
  return items.length > 0 ? { span: span(word), items } : null;
}

function valuesOf(key: string): (readonly [value: string, what: string])[] {
  switch (key) {
    case 'setting':
      return SETTINGS.map((setting) => {
        const shown = offeredVariables(setting, false).filter(({ isWithheld }) => !isWithheld);
        const extra = ['lecture', 'solution'].filter((field) => shown.some(({ name }) => name === field));
        return [
          String(setting),
          extra.length > 0 ? `with the ${extra.join(' and the ')}` : 'no lecture, no solution',
        ];
      });
    case 'format':
      return FORMATS.map((format) => [format, FORMAT_WORDS[format]]);
    case 'gold':
      return [
        ['true', 'as a teacher’s prompt that writes rationales'],
        ['false', 'as every prompt whose accuracy is to be a fair claim'],
      ];
    case 'strategy':
      return STRATEGIES.map(({ id, what }) => [id, what]);
    case 'order':
      return [
        ['answer-last', 'reasoning first: the answer can follow from it'],
        ['answer-first', 'the answer at once, then why'],
      ];
    default:
      return [];
  }
}

/** The keys that the line with this indent stands under, the outermost first. @param above the lines before it */
function parentsOf(above: readonly string[], indent: number): string[] {
  const parents: string[] = [];
  let inner = indent;
  for (const line of above.toReversed()) {
    const own = indentOf(line);
    if (own >= inner || isBlank(line)) continue;
    parents.unshift(/^ *([\w-]+):\s*(?:#.*)?$/.exec(line)?.[1] ?? '');
    inner = own;
  }
  return parents;
}

/** The keys with this indent, up to where their mapping ends. @param lines the nearest first */
function keysOf(lines: readonly string[], indent: number): string[] {
  const keys: string[] = [];
  for (const line of lines) {
    if (isBlank(line)) continue;
    const own = indentOf(line);
    if (own < indent) break;
    const key = own === indent && /^ *(\w+):/.exec(line)?.[1];
    if (key) keys.push(key);
  }
  return keys;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isBlank(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}
