import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Prediction } from '../../core/models/types.ts';
import { formatOf, joinOutputs, readOutputsFile } from '../../core/pipeline.ts';
import { readTextFile } from '../../files/text-file.ts';
import { EXIT, UsageError } from '../exit.ts';
import { judgeOutput } from '../formats/judge.ts';
import { openDataset } from '../open-dataset.ts';
import { atLeast, type FailOn, type Format, failOnOption, formatOption, numberOption } from '../options.ts';

interface Options {
  readonly outputs: string;
  readonly outputField?: string;
  readonly indexBase?: 0 | 1;
  readonly failOn: FailOn;
  readonly format: Format;
}

export function judgeCommand(program: Command): void {
  program
    .command('judge')
    .description('judge outputs made elsewhere against a dataset')
    .argument('<dataset>', 'dataset file')
    .requiredOption('--outputs <file>', 'outputs: JSONL, a JSON array, or a JSON object by record id')
    .option(
      '--output-field <name>',
      'the field that holds the raw output (found by itself for known formats)',
    )
    .addOption(numberOption('--index-base <n>', 'the index that the prompt gave the first choice', [0, 1]))
    .addOption(formatOption())
    .addOption(failOnOption())
    .action(judge);
}

function judge(file: string, options: Options): void {
  const { pipeline } = openDataset(file, null);
  const { outputs, problems } = readOutputsFile(
    readTextFile(options.outputs),
    options.outputs,
    options.outputField,
  );
  const sources = pipeline.document.chunks.flatMap((chunk) => chunk.source ?? []);
  const join = joinOutputs(
    outputs,
    sources.map((source) => source.record),
  );
  if (join.matched === 0) {
    throw new UsageError(
      `${options.outputs} does not belong to ${file}: no output names one of its ${sources.length} records.`,
    );
  }
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stderr.write(
    `${join.matched} of ${outputs.length} outputs joined to ${sources.length} records by ${join.by}.\n`,
  );
  const asked = { model: basename(options.outputs), format: formatOf(outputs), indexBase: options.indexBase };
  const rows = outputs.flatMap(({ row, output }, index) => {
    const source = sources[join.records[index] ?? -1];
    if (!source) return [];
    return [{ row, source, result: pipeline.judgeOutput(source, foreignPrediction(output), asked) }];
  });
  process.stdout.write(judgeOutput(rows, options.format));
  const failing = rows.some(({ result }) =>
    result.findings.some((finding) => atLeast(finding.severity, options.failOn)),
  );
  process.exitCode = failing ? EXIT.findings : EXIT.done;
}

function foreignPrediction(output: string): Prediction {
  const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
  return { key: '', output, finishReason: 'unknown', usage };
}
