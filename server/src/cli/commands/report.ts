import { relative } from 'node:path';
import type { Command } from 'commander';
import { mostWorthALook } from '../../core/annotations/worth.ts';
import type { RunReport } from '../../core/pipeline.ts';
import { defaultStorePath } from '../../storage/location.ts';
import { openStore } from '../../storage/sqlite-store.ts';
import { UsageError } from '../exit.ts';
import { reportOutput } from '../formats/report.ts';
import { locate, type OpenDataset, openDataset } from '../open-dataset.ts';
import { type Format, formatOption, wholeNumber } from '../options.ts';

export function reportCommand(program: Command): void {
  program
    .command('report')
    .description('print the numbers of stored runs, taken of the dataset as it stands now')
    .argument('[run...]', 'run names (default: every stored run)')
    .option('--findings <n>', 'also print the n findings most worth a look', wholeNumber(0))
    .addOption(formatOption())
    .action((names: string[], options: Options) => {
      const store = openStore(defaultStorePath());
      try {
        const runs =
          names.length > 0
            ? names.map((name) => store.run(name) ?? unknown(name, store.runs()))
            : store.runs();
        if (runs.length === 0) throw new UsageError('No run is stored yet: `annotate` makes one.');
        const datasets = new Map<string, OpenDataset>();
        const reports = runs.map((run) => {
          const dataset = datasets.get(run.dataset) ?? openDataset(shortest(run.dataset), store);
          datasets.set(run.dataset, dataset);
          return dataset.pipeline.report(run);
        });
        const findings = reports.flatMap((report) =>
          findingsOf(report, datasets.get(report.run.dataset) as OpenDataset),
        );
        const worth = mostWorthALook(findings, options.findings ?? 0);
        process.stdout.write(
          reportOutput(
            reports,
            options.format,
            worth.map(({ located }) => located),
          ),
        );
      } finally {
        store.close();
      }
    });
}

interface Options {
  readonly findings?: number;
  readonly format: Format;
}

/** A path as a person here would write it. */
function shortest(path: string): string {
  const way = relative(process.cwd(), path);
  return way.startsWith('..') ? path : way;
}

/** A run's findings with their lines; hints are not worth a look of their own. */
function findingsOf({ results }: RunReport, dataset: OpenDataset) {
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

function unknown(name: string, runs: readonly { id: string }[]): never {
  const known = runs.map((run) => run.id).join(', ');
  throw new UsageError(
    `There is no run "${name}"${known ? `: stored are ${known}` : ', and none is stored yet'}.`,
  );
}
