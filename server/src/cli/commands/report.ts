import { type Command, Option } from 'commander';
import { mostWorthALook } from '../../core/annotations/worth.ts';
import { DIMENSIONS } from '../../core/pipeline.ts';
import { defaultStorePath } from '../../storage/location.ts';
import { openStore } from '../../storage/sqlite-store.ts';
import { UsageError } from '../exit.ts';
import { reportOutput } from '../formats/report.ts';
import { locate } from '../open-dataset.ts';
import { type Format, formatOption, wholeNumber } from '../options.ts';
import { listedRuns, reportRuns, type StoredReport, storedRun } from '../stored-runs.ts';

interface Options {
  readonly findings?: number;
  readonly slice?: string;
  readonly format: Format;
}

export function reportCommand(program: Command): void {
  program
    .command('report')
    .description('print the numbers of stored runs, taken of the dataset as it stands now')
    .argument('[run...]', 'run names (default: every stored run)')
    .option('--findings <n>', 'also print the n findings most worth a look', wholeNumber(0))
    .addOption(
      new Option(
        '--slice <field>',
        'also print the accuracy on each part of the records; JSON: only these',
      ).choices(DIMENSIONS.map(({ id }) => id)),
    )
    .addOption(formatOption())
    .action(report);
}

function report(names: readonly string[], options: Options): void {
  const store = openStore(defaultStorePath());
  try {
    const runs = names.length > 0 ? names.map((name) => storedRun(store, name)) : listedRuns(store);
    if (runs.length === 0) throw new UsageError('No run is stored yet: `annotate` makes one.');
    const stored = reportRuns(store, runs);
    const worth = mostWorthALook(stored.flatMap(findingsOf), options.findings ?? 0);
    process.stdout.write(
      reportOutput(
        stored.map((run) => run.report),
        options.format,
        { worth: worth.map(({ located }) => located), slice: options.slice },
      ),
    );
  } finally {
    store.close();
  }
}

/** A run's findings with their lines; hints are not worth a look of their own. */
function findingsOf({ report: { results }, dataset }: StoredReport) {
  return results.flatMap(({ source, result }) =>
    result.findings
      .filter(({ severity }) => severity !== 'hint')
      .map((finding) => ({
        rule: finding.rule,
        recordId: finding.recordId,
        located: locate(dataset, dataset.pipeline.document.find(source.record.id) as number, finding),
      })),
  );
}
