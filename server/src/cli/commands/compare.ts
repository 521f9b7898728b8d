import type { Command } from 'commander';
import { compareRuns } from '../../core/pipeline/compare.ts';
import { defaultStorePath } from '../../storage/location.ts';
import { openStore } from '../../storage/sqlite-store.ts';
import { compareOutput } from '../formats/compare.ts';
import { locateRecord } from '../open-dataset.ts';
import { type Format, formatOption, wholeNumber } from '../options.ts';
import { reportRuns, type StoredReport, storedRun } from '../stored-runs.ts';

interface Options {
  readonly records: number;
  readonly format: Format;
}

export function compareCommand(program: Command): void {
  program
    .command('compare')
    .description(
      'hold two stored runs against each other on the records that both answered, and say whether they may be compared',
    )
    .argument('<run>', 'a run name: A')
    .argument('<other>', 'another run name: B')
    .option(
      '--records <n>',
      'print at most n of the records that the two are read differently on',
      wholeNumber(0),
      20,
    )
    .addOption(formatOption())
    .action(compare);
}

function compare(first: string, second: string, options: Options): void {
  const store = openStore(defaultStorePath());
  try {
    const [a, b] = reportRuns(store, [storedRun(store, first), storedRun(store, second)]) as [
      StoredReport,
      StoredReport,
    ];
    const comparison = compareRuns(a.report, b.report);
    const places = comparison.differing
      .slice(0, options.records)
      .map(([{ source }]) => locateRecord(a.dataset, source));
    process.stdout.write(compareOutput(comparison, places, options.format));
  } finally {
    store.close();
  }
}
