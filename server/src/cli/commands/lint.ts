import type { Command } from 'commander';
import { EXIT } from '../exit.ts';
import { type LocatedFinding, lintOutput } from '../formats/lint.ts';
import { locate, openDataset } from '../open-dataset.ts';
import { atLeast, type FailOn, type Format, failOnOption, formatOption } from '../options.ts';

interface Options {
  readonly format: Format;
  readonly failOn: FailOn;
}

export function lintCommand(program: Command): void {
  program
    .command('lint')
    .description('check dataset files with the record rules; no model is run')
    .argument('<file...>', 'problems.json or a JSONL dataset')
    .addOption(formatOption())
    .addOption(failOnOption())
    .action((files: string[], options: Options) => {
      const findings = files.flatMap(lintFile);
      process.stdout.write(lintOutput(findings, options.format));
      process.exitCode = findings.some((f) => atLeast(f.finding.severity, options.failOn))
        ? EXIT.findings
        : EXIT.done;
    });
}

function lintFile(file: string): LocatedFinding[] {
  const dataset = openDataset(file, null);
  const { pipeline } = dataset;
  return pipeline.document.chunks.flatMap((chunk, index) =>
    pipeline.checkRecord(chunk).map((finding) => locate(dataset, index, finding)),
  );
}
