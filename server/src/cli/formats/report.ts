import Table from 'cli-table3';
import type { RunReport } from '../../core/pipeline.ts';
import { count } from '../../core/text.ts';
import type { Format } from '../options.ts';
import { jsonLines, jsonText } from './json.ts';
import { findingLine, type LocatedFinding, toJson } from './lint.ts';
import { numbersOf, percent, percentWithInterval } from './numbers.ts';

/** What `report` and `annotate` print: the numbers of runs, and the findings most worth a look if there are any. */
export function reportOutput(
  reports: readonly RunReport[],
  format: Format,
  worth: readonly LocatedFinding[] = [],
): string {
  switch (format) {
    case 'json':
      return jsonText({ runs: reports.map(runNumbers), findings: worth.map(toJson) });
    case 'jsonl':
      return jsonLines(reports.map(runNumbers));
    case 'text': {
      const notes = reports.flatMap(notesOf);
      const look = worth.length > 0 ? ['', 'Most worth a look:', ...worth.map(findingLine)] : [];
      return `${[table(reports), ...notes, ...look].join('\n')}\n`;
    }
  }
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
  for (const { run, report, tokens, recordsPerSecond } of reports) {
    rows.push([
      run.id,
      run.model,
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
function notesOf({ run, report, stale, missing, failed }: RunReport): string[] {
  const notes = [
    stale > 0
      ? `${count(stale, 'prediction')} no longer ${stale === 1 ? 'fits its record' : 'fit their records'} and ${stale === 1 ? 'is' : 'are'} left out`
      : '',
    missing > 0 ? `${count(missing, 'record')} not answered yet` : '',
    failed > 0 ? `${count(failed, 'request')} failed and ${failed === 1 ? 'counts' : 'count'} as wrong` : '',
    report.ungraded > 0 ? `${count(report.ungraded, 'record')} without a gold answer` : '',
  ].filter((note) => note !== '');
  return notes.length > 0 ? [`${run.id}: ${notes.join('; ')}.`] : [];
}

function runNumbers({ run, report, tokens, recordsPerSecond, stale, missing, failed }: RunReport) {
  const { id, model, role, revision, device, dataset, prompt, setting, split, seconds } = run;
  return {
    run: id,
    model,
    role,
    revision,
    device,
    dataset,
    prompt,
    setting,
    split,
    ...numbersOf(report),
    tokens,
    seconds,
    recordsPerSecond,
    stale,
    missing,
    failed,
  };
}
