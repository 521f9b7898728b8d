import type { Span } from '../../span.ts';
import { normalise } from '../../text.ts';
import { readNumber } from './numbers.ts';
import type { ResultsTable, TableCell, TableColumn, TableRow } from './types.ts';

/** A cell as its file writes it. */
export interface RawCell {
  readonly text: string;
  readonly span: Span;
}

/** What a word in a heading says of its column. */
const MEASURES: Readonly<Record<string, NonNullable<TableColumn['measure']>>> = {
  p: 'precision',
  prec: 'precision',
  precision: 'precision',
  r: 'recall',
  rec: 'recall',
  recall: 'recall',
  f: 'f1',
  f1: 'f1',
  acc: 'accuracy',
  accuracy: 'accuracy',
  n: 'n',
  count: 'n',
  support: 'n',
  samples: 'n',
  records: 'n',
  examples: 'n',
  questions: 'n',
};
/** Words that tell nothing apart: `F1 score (%)` is `F1`, `Overall accuracy` is `Accuracy`. */
const FILLERS: ReadonlySet<string> = new Set(
  'score measure overall total test number num of no the percent pct in'.split(' '),
);
const KINDS: readonly (readonly [TableRow['kind'], RegExp])[] = [
  ['mean', /^(mean|average|avg|macro)\b/],
  ['overall', /^(overall|total|all|micro|weighted)\b/],
  ['summary', /^(std|sd|stdev|variance|median|min|max|best|worst|sum|delta|Δ|gain|difference)\b/],
];

/** Makes sense of rows of cells of which the first is the headings. */
export function resultsTable([head = [], ...body]: readonly (readonly RawCell[])[]): ResultsTable {
  const rows = body.map((cells) => rowOf(cells.map(cellOf)));
  return { rows, columns: head.map(({ text }, index) => columnOf(text, index, rows)) };
}

function cellOf({ text, span }: RawCell): TableCell {
  const plain = text
    .replace(/\*\*|__|`|~~|<\/?\w+>/g, '')
    .replace(/^[*_](.*)[*_]$/, '$1')
    .trim();
  return { text: plain, span, number: readNumber(plain) };
}

function rowOf(cells: readonly TableCell[]): TableRow {
  const label = cells.find(({ text, number }) => text !== '' && !number)?.text ?? '';
  const name = normalise(label);
  return { cells, label, kind: KINDS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'result' };
}

function columnOf(heading: string, index: number, rows: readonly TableRow[]): TableColumn {
  const title = cellOf({ text: heading, span: { start: 0, end: 0 } }).text;
  const words = normalise(title).match(/[\p{L}\p{N}]+/gu) ?? [];
  const measuring = words.findLast((word) => Object.hasOwn(MEASURES, word));
  const group = words.filter((word) => word !== measuring && !FILLERS.has(word)).join(' ');
  const numbers = rows.flatMap(({ cells }) => cells[index]?.number ?? []);
  const isPercent = title.includes('%') || numbers.some((number) => number.isPercent || number.value > 1);
  return {
    index,
    title,
    measure: measuring === undefined ? null : (MEASURES[measuring] as TableColumn['measure']),
    group,
    whole: isPercent ? 100 : 1,
  };
}
