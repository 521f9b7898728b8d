/** A matrix as tables. */
import Papa from 'papaparse';
import { percent, percentWithInterval } from '../numbers.ts';
import { choiceLetter } from '../text.ts';
import type { CellResult, MatrixResult, VariedResult } from './matrix-types.ts';

export type MatrixTable = 'json' | 'jsonl' | 'csv' | 'markdown';

/** A matrix as a text for other programs. */
export function matrixTable(result: MatrixResult, format: MatrixTable): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ ...result, cells: result.cells.map(cellJson) }, null, 2)}\n`;
    case 'jsonl':
      return result.cells.map((cell) => `${JSON.stringify(cellJson(cell))}\n`).join('');
    case 'csv':
      return `${Papa.unparse(result.cells.map(flat), { newline: '\n' })}\n`;
    case 'markdown':
      return markdown(result);
  }
}

export interface Column {
  readonly title: string;
  readonly of: (cell: CellResult) => string;
  readonly isNumber: boolean;
}

const word = (title: string, of: Column['of']): Column => ({ title, of, isNumber: false });
const number = (title: string, of: Column['of']): Column => ({ title, of, isNumber: true });

/** The columns that have something to say: no axis that has one value alone, no cost where nothing is paid. */
export function columns(cells: readonly CellResult[]): Column[] {
  const axes = [
    number('setting', ({ cell }) => String(cell.setting)),
    word('strategy', ({ cell }) => cell.strategy),
    word('format', ({ cell }) => cell.format),
    word('order', ({ cell }) => cell.order ?? '–'),
  ].filter(({ of }) => new Set(cells.map(of)).size > 1);
  const varied = [...new Set(cells.flatMap(({ variations }) => Object.keys(variations)))];
  return [
    word('', mark),
    ...axes,
    number('n', ({ n, total }) => (n === total ? String(n) : `${n}/${total}`)),
    number('accuracy (95 %)', ({ accuracy }) => percentWithInterval(accuracy)),
    number('p', ({ pAgainstBest: p }) => (p === null ? '–' : p < 0.001 ? '<0.001' : p.toFixed(3))),
    number('coverage', ({ coverage }) => percent(coverage)),
    number('reas. ≠ concl.', ({ contradictions }) => percent(contradictions)),
    number('tokens in', ({ promptTokens }) => promptTokens.toFixed(0)),
    number('out', ({ outputTokens }) => outputTokens.toFixed(0)),
    number('s/record', ({ secondsPerRecord: s }) => (s === null ? '–' : s.toPrecision(2))),
    ...(cells.some(({ cost }) => cost !== null)
      ? [number('cost', ({ cost }) => (cost === null ? '–' : cost.toPrecision(3)))]
      : []),
    ...varied.map((name) => number(name, ({ variations }) => changedText(variations[name]))),
    word('answered/gold by position', positionsText),
  ];
}

/** ★ the best fair cell; ✗ no fair claim. */
function mark({ isBest, unfair, state }: CellResult): string {
  if (isBest) return '★';
  if (state === 'failed' || state === 'stopped') return state;
  return unfair === null ? '' : 'unfair';
}

function markdown(result: MatrixResult): string {
  const shown = columns(result.cells);
  const row = (values: readonly string[]) =>
    `| ${values.map((value) => value.replaceAll('|', '\\|')).join(' | ')} |`;
  const tables = byModel(result).flatMap(([model, cells]) => [
    '',
    `**${model}**`,
    '',
    row(shown.map(({ title }) => title)),
    row(shown.map(({ isNumber }) => (isNumber ? '---:' : '---'))),
    ...cells.map((cell) => row(shown.map(({ of }) => of(cell)))),
  ]);
  return `${[heading(result), ...tables, '', ...legend(result).map((line) => `- ${line}`)].join('\n')}\n`;
}

export function heading({ prompt, records, split, dataset, cells }: MatrixResult): string {
  return `${prompt}: ${cells.length} cells on ${records} records of ${dataset}${split === null ? '' : `, split ${split}`}`;
}

/** Each model's cells, the best first; what is no fair claim stands below what is. */
export function byModel({ models, cells }: MatrixResult): [model: string, cells: CellResult[]][] {
  return models.map((model) => [
    model,
    cells
      .filter(({ cell }) => cell.model === model)
      .sort(
        (a, b) =>
          Number(a.state === 'failed') - Number(b.state === 'failed') ||
          Number(a.unfair !== null) - Number(b.unfair !== null) ||
          Number(b.isBest) - Number(a.isBest) ||
          b.accuracy.value - a.accuracy.value,
      ),
  ]);
}

export function legend({ cells, notes }: MatrixResult): string[] {
  const reasons = new Set(
    cells
      .filter(({ state }) => state === 'failed')
      .map(({ cell, why }) => `${cell.model}, ${cell.id}: ${why}`),
  );
  return [
    '★ the most accurate fair cell of its model; p: exact McNemar test against it, on the same records.',
    'by position: the share of answers that name the first choice (A), the second (B), …, and behind the slash that of gold answers there.',
    ...(cells.some(({ variations }) => Object.keys(variations).length > 0)
      ? [
          'choices-moved, words-deleted, synonyms: the share of answers that change when the records are changed so.',
        ]
      : []),
    ...notes,
    ...reasons,
    ...cells.flatMap(failedText),
    ...cells.filter(({ isBest }) => isBest).flatMap(movedText),
  ];
}

/** Requests that failed count as wrong: an accuracy with many of them says little of the prompt. */
function failedText({ cell, failed, failure, n }: CellResult): string[] {
  if (failed === 0) return [];
  return [
    `${cell.model}, ${cell.id}: ${failed} of ${n} requests failed and count as wrong; the first: ${failure}`,
  ];
}

/** What became of the answers when the choices moved. */
function movedText({ cell, variations }: CellResult): string[] {
  const { samePosition, changed, accuracy } = (variations['choices-moved'] ?? {}) as Partial<VariedResult>;
  if (!samePosition || !changed || !accuracy) return [];
  return [
    `${cell.model}, ${cell.id}: with every choice at another position ${percent(changed)} of the answers change, ${percent(samePosition)} stay at their position; accuracy ${percentWithInterval(accuracy)}.`,
  ];
}

function changedText(varied: VariedResult | undefined): string {
  return varied ? percent(varied.changed) : '–';
}

function positionsText({ positions: { n, chosen, gold } }: CellResult): string {
  if (n === 0) return '–';
  const share = (count: number) => Math.round((100 * count) / n);
  return chosen.map((count, i) => `${choiceLetter(i)} ${share(count)}/${share(gold[i] as number)}`).join(' ');
}

function cellJson({ cell, ...result }: CellResult) {
  return { ...cell, ...result };
}

/** One row a cell, shares between 0 and 1. */
function flat({ cell, ...result }: CellResult) {
  const { accuracy, coverage, contradictions, variations, positions } = result;
  return {
    ...{
      model: cell.model,
      setting: cell.setting,
      strategy: cell.strategy,
      format: cell.format,
      order: cell.order ?? '',
    },
    ...{ state: result.state, best: result.isBest, unfair: result.unfair ?? '', why: result.why ?? '' },
    ...{ n: result.n, total: result.total, correct: accuracy.count, accuracy: accuracy.value },
    ...{ accuracyLow: accuracy.interval[0], accuracyHigh: accuracy.interval[1] },
    ...{
      pAgainstBest: result.pAgainstBest ?? '',
      coverage: coverage.value,
      contradictions: contradictions.value,
    },
    ...{ failed: result.failed, promptTokens: result.promptTokens, outputTokens: result.outputTokens },
    ...{ secondsPerRecord: result.secondsPerRecord ?? '', cost: result.cost ?? '' },
    positionsChosen: positions.chosen.join(' '),
    positionsGold: positions.gold.join(' '),
    ...Object.fromEntries(
      Object.entries(variations).flatMap(([name, { changed, accuracy: own }]) => [
        [`changed ${name}`, changed.value],
        [`accuracy ${name}`, own.value],
      ]),
    ),
    run: result.runId,
  };
}
