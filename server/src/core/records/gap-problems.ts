import type { Node } from 'jsonc-parser';
import type { Span } from '../span.ts';
import { quote } from '../text.ts';
import { describe } from './field-faults.ts';
import { malformed, named } from './record-source.ts';
import type { ChunkKind, Entry } from './scanner.ts';
import { readTree, spanOf } from './tolerant-tree.ts';
import type { DatasetLayout, RecordProblem } from './types.ts';

/** A gap may be a whole file that is no dataset: so many items of it are named one by one. */
const MOST_PROBLEMS = 100;
const EXPECTED = 'it must be an object with "question", "choices" and "answer"';

/** Text that holds no record, and how it came about. */
export interface Gap {
  readonly text: string;
  readonly layout: DatasetLayout;
  readonly entry: Entry;
  readonly cut: { readonly kind: ChunkKind };
}

/** What is wrong with text that holds no record. */
export function problemsOfGap(gap: Gap): RecordProblem[] {
  if (gap.layout === 'unknown') return [unknownText(gap.text)];
  const first = firstToken(gap.text);
  switch (gap.cut.kind) {
    case 'head':
      return first ? [] : [malformed('The dataset must begin with "{".', { start: 0, end: gap.text.length })];
    case 'tail':
      return problemsOfTail(gap, first);
    default:
      return first ? problemsBetweenRecords(gap, first) : [];
  }
}

function unknownText(text: string): RecordProblem {
  const first = firstToken(text);
  if (!first)
    return malformed('The file is empty: a dataset is an object of records by id.', { start: 0, end: 0 });
  const start = quote(text.slice(first.start, first.start + 80), 20);
  return malformed(`This is no dataset: it begins with ${start} where "{" or "[" should stand.`, first);
}

function problemsOfTail({ text, layout, entry }: Gap, first: Span | null): RecordProblem[] {
  const close = layout === 'json-array' ? ']' : '}';
  if (!first) {
    if (entry === 'broken') return [];
    return [
      malformed(`The file ends early: "${close}" is missing after the last record.`, {
        start: 0,
        end: text.length,
      }),
    ];
  }
  const problems: RecordProblem[] = [];
  if (entry === 'comma') {
    problems.push(
      malformed(`A comma stands before this "${close}": remove it.`, {
        start: first.start,
        end: first.start + 1,
      }),
    );
  }
  const garbage = firstToken(text, first.start + 1);
  if (garbage) problems.push(malformed('Text after the end of the dataset: remove it.', garbage));
  return problems;
}

function problemsBetweenRecords(gap: Gap, first: Span): RecordProblem[] {
  const items =
    gap.layout === 'json-object'
      ? members(gap.text)
      : gap.layout === 'json-array'
        ? listItems(gap.text)
        : lineItem(gap.text);
  if (items.length > 0) return items;
  const character = gap.text[first.start] as string;
  if ('{}[]'.includes(character)) {
    const span = { start: first.start, end: first.start + 1 };
    return [malformed(`This "${character}" is one too many: remove it.`, span)];
  }
  return [
    malformed(`A record should stand here, not ${quote(gap.text.slice(first.start, first.end), 30)}.`, first),
  ];
}

function members(text: string): RecordProblem[] {
  const problems: RecordProblem[] = [];
  for (const property of readInside('{', text, '}')) {
    const [key, value] = property.children ?? [];
    if (!key) continue;
    const name = named(String(key.value));
    problems.push(
      value
        ? malformed(`${name} is ${describe(kindOf(value))}; ${EXPECTED}.`, spanOf(value, -1))
        : malformed(`${name} has no value; ${EXPECTED}.`, spanOf(key, -1)),
    );
  }
  return problems;
}

function listItems(text: string): RecordProblem[] {
  return readInside('[', text, ']').map((item) =>
    malformed(`This is ${describe(kindOf(item))}, not a record; ${EXPECTED}.`, spanOf(item, -1)),
  );
}

function lineItem(text: string): RecordProblem[] {
  const { root } = readTree(text, { start: 0, end: text.length });
  return root ? [malformed(`This line is ${describe(kindOf(root))}; ${EXPECTED}.`, spanOf(root, 0))] : [];
}

/** The children of the text read as if it stood between the brackets. */
function readInside(open: string, text: string, close: string): readonly Node[] {
  const { root } = readTree(open + text + close, { start: 0, end: text.length + 2 });
  return (root?.children ?? [])
    .filter((node) => node.offset + node.length <= text.length + 1)
    .slice(0, MOST_PROBLEMS);
}

/** A value of the node's type, for `describe`. */
function kindOf(node: Node): unknown {
  if (node.type === 'array') return [];
  return node.type === 'object' ? {} : node.value;
}

/** From the first visible character at or after `from` to the end of its line, or null. */
function firstToken(text: string, from = 0): Span | null {
  const offset = text.slice(from).search(/\S/);
  if (offset === -1) return null;
  const start = from + offset;
  const [line = ''] = /.*/y.exec(text.slice(start, start + 200)) ?? [];
  return { start, end: start + Math.max(1, line.trimEnd().length) };
}
