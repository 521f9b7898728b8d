import Table from 'cli-table3';
import type { Share } from '../../core/metrics/types.ts';
import type { RunReport } from '../../core/pipeline.ts';
import { count } from '../../core/text.ts';
import type { Format } from '../options.ts';
import { cascadeJson, cascadeText, modelsOf } from './cascade.ts';
import { jsonLines, jsonText } from './json.ts';
import { toJson } from './lint.ts';
import {
  calibrationSentence,
  numbersOf,
  percent,
  percentWithInterval,
  quadrantSentence,
  samplesSentence,
} from './numbers.ts';
import { findingLine, type LocatedFinding } from './place.ts';

/** What a report shows besides the numbers of each run. */
export interface Besides {
  /** The findings most worth a look. */
  readonly worth?: readonly LocatedFinding[];
  /** The field by which the records are divided. */
  readonly slice?: string;
}

/** What `report` and `annotate` print. */
export function reportOutput(
  reports: readonly RunReport[],
  format: Format,
  { worth = [], slice }: Besides = {},
): string {
  switch (format) {
    case 'json':
      return jsonText({ runs: reports.map((run) => runNumbers(run, slice)), findings: worth.map(toJson) });
    case 'jsonl':
      return jsonLines(reports.map((run) => runNumbers(run, slice)));
    case 'text': {
      const notes = reports.flatMap(notesOf);
      const parts = slice === undefined ? [] : ['', sliceTable(reports, slice)];
      const look = worth.length > 0 ? ['', 'Most worth a look:', ...worth.map(findingLine)] : [];
      const cascades = reports.flatMap(cascadeText);
      return `${[table(reports), ...notes, ...cascades, ...parts, ...look].join('\n')}\n`;
    }
  }
}

/** Accuracy with interval and n of each part of the records, a column for each run, and of all at the end. */
function sliceTable(reports: readonly RunReport[], dimension: string): string {
  const right = 'right' as const;
  const table = new Table({
    head: [dimension, ...reports.map(({ run }) => run.id)],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', ...reports.map(() => right)],
  });
  const columns = reports.map(
    ({ report }) =>
      new Map(
        report.slices.filter((row) => row.dimension === dimension).map((row) => [row.value, row.accuracy]),
      ),
  );
  const values = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort(
    new Intl.Collator('en', { numeric: true }).compare,
  );
  for (const value of values) table.push([value, ...columns.map((column) => shareOfN(column.get(value)))]);
  table.push(['all', ...reports.map(({ report }) => shareOfN(report.accuracy))]);
  return table.toString();
}

function shareOfN(share: Share | undefined): string {
  return share ? `${percentWithInterval(share)} of ${share.n}` : '–';
}

function table(reports: readonly RunReport[]): string {
  const head = [
    'run',
    'model',
    'n',
    'accuracy (95 %)',
    'coverage',
    'reasoning ≠ conclusion',
    'tokens',
    'records/s',
  ];
  const right = 'right' as const;
  const rows = new Table({
    head,
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', right, right, right, right, right, right],
  });
  for (const one of reports) {
    const { run, report, tokens, recordsPerSecond } = one;
    rows.push([
      run.id,
      modelsOf(one),
      report.n,
      percentWithInterval(report.accuracy),
      percent(report.coverage),
      percent(report.contradictions),
      tokens.toFixed(1),
      recordsPerSecond === null ? '–' : recordsPerSecond.toFixed(1),
    ]);
  }
  return rows.toString();
}

/** What a reader of the table must know to trust it, in sentences. */
function notesOf(of: RunReport): string[] {
  const { run, report, stale, missing, failed, failure, cost, passAt, calibration, cascade } = of;
  const notes = [
    stale > 0
      ? `${count(stale, 'prediction')} no longer ${stale === 1 ? 'fits its record' : 'fit their records'} and ${stale === 1 ? 'is' : 'are'} left out`
      : '',
    missing > 0 ? `${count(missing, run.decoding.samples ? 'sample' : 'record')} not answered yet` : '',
    failed > 0
      ? `${count(failed, 'request')} failed and ${failed === 1 ? 'counts' : 'count'} as wrong; ${failed === 1 ? 'it' : 'the first'} says: ${failure}`
      : '',
    report.ungraded > 0 ? `${count(report.ungraded, 'record')} without a gold answer` : '',
    cost === null ? '' : `its outputs have cost ${cost.toFixed(4)}`,
    passAt ? samplesSentence(passAt) : '',
    run.cascade && !cascade
      ? 'the run of its student is no longer stored, and only what the teacher was asked is counted'
      : '',
    calibration ? `the samples' agreement as confidence: ${calibrationSentence(calibration)}` : '',
    quadrantSentence(report),
  ];
  return notes.flatMap((note) => (note === '' ? [] : [`${run.id}: ${note.replace(/\.$/, '')}.`]));
}

function runNumbers(of: RunReport, slice: string | undefined) {
  const { run, report, tokens, recordsPerSecond, stale, missing, failed, failure, cost, passAt } = of;
  const { id, model, role, revision, device, dataset, prompt, setting, decoding, split, sample, seconds } =
    run;
  return {
    run: id,
    model,
    role,
    revision,
    device,
    dataset,
    prompt,
    setting,
    decoding,
    split,
    sample,
    ...numbersOf(report, slice),
    tokens,
    seconds,
    recordsPerSecond,
    stale,
    missing,
    failed,
    failure,
    cost,
    passAt,
    calibration: of.calibration,
    cascade: of.cascade && cascadeJson(of.cascade),
  };
}
