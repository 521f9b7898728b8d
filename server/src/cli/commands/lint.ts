import type { Command } from 'commander';
import { EXIT } from '../exit.ts';
import type { CheckedFile } from '../formats/checked.ts';
import { lintOutput } from '../formats/lint.ts';
import { locate, openDataset } from '../open-dataset.ts';
import { atLeast, type CheckFormat, checkFormatOption, type FailOn, failOnOption } from '../options.ts';
import { checkPrompt, isPromptFile } from '../prompt-checks.ts';
import { checkResultsTables, isTableFile } from '../results-tables.ts';
import { ownVersion } from '../version.ts';

interface Options {
  readonly format: CheckFormat;
  readonly failOn: FailOn;
}

export function lintCommand(program: Command): void {
  program
    .command('lint')
    .description(
      'check dataset files, prompt files and tables of results with the rules for them; no model is run',
    )
    .argument(
      '<file...>',
      'problems.json, a JSONL dataset, a .prompty file, or a table of results (.csv, .tsv, .md)',
    )
    .addOption(checkFormatOption())
    .addOption(failOnOption())
    .action(lint);
}

function lint(names: readonly string[], { format, failOn }: Options): void {
  const files = names.map(checkFile);
  const check = { command: 'lint', version: ownVersion(), root: process.cwd(), failOn } as const;
  process.stdout.write(lintOutput(files, format, check));
  const failing = files.some(({ findings }) =>
    findings.some(({ finding }) => atLeast(finding.severity, failOn)),
  );
  process.exitCode = failing ? EXIT.findings : EXIT.done;
}

function checkFile(file: string): CheckedFile {
  if (isTableFile(file)) return checkResultsTables(file);
  return isPromptFile(file) ? checkPrompt(file, null) : checkDataset(file);
}

function checkDataset(file: string): CheckedFile {
  const dataset = openDataset(file, null);
  const { pipeline } = dataset;
  pipeline.compareRecords();
  const { chunks } = pipeline.document;
  return {
    file,
    records: chunks.flatMap(({ source }) => (source ? [source.record.id] : [])),
    findings: chunks.flatMap((chunk, index) =>
      pipeline.checkRecord(chunk).map((finding) => locate(dataset, index, finding)),
    ),
  };
}
