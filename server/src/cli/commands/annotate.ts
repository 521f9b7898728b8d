import type { Command } from 'commander';
import { Option } from 'commander';
import { DEFAULT_MAX_NEW_TOKENS, decodingOf } from '../../core/decoding.ts';
import { checkPromptFile } from '../../core/pipeline/checks.ts';
import { maxNewTokensOf } from '../../core/pipeline/prompty.ts';
import type { Setting } from '../../core/prompts/types.ts';
import type { FieldMap } from '../../core/records/field-map.ts';
import type { Sample } from '../../core/records/sample.ts';
import { findPromptFile } from '../../files/prompt-files.ts';
import { shippedPrompts } from '../../files/shipped.ts';
import { defaultStorePath } from '../../storage/location.ts';
import { openStore } from '../../storage/sqlite-store.ts';
import { EXIT, UsageError } from '../exit.ts';
import { reportOutput } from '../formats/report.ts';
import { type DeviceSetting, findModel, openModel } from '../models.ts';
import { openDataset } from '../open-dataset.ts';
import {
  type Format,
  fieldsOption,
  formatOption,
  numberBetween,
  numberOption,
  wholeNumber,
} from '../options.ts';
import { ProgressLine } from '../progress.ts';

interface Options {
  readonly fields?: FieldMap;
  readonly model: string;
  readonly prompt?: string;
  readonly setting?: Setting;
  readonly split?: string;
  readonly limit?: number;
  readonly sample?: number;
  readonly run?: string;
  readonly maxNewTokens?: number;
  readonly samples: number;
  readonly temperature: number;
  readonly topP: number;
  readonly constrained: boolean;
  readonly seed?: number;
  readonly device: DeviceSetting;
  readonly format: Format;
}

export function annotateCommand(program: Command): void {
  program
    .command('annotate')
    .description('run a model over a dataset and store its predictions; asking again resumes')
    .argument('<dataset>', 'dataset file')
    .requiredOption('--model <id>', 'a model of `models list`, or a model folder')
    .option('--prompt <file>', "a .prompty file, or the name of a shipped one (default: the setting's)")
    .addOption(numberOption('--setting <n>', 'which fields the prompt holds', [1, 2, 3, 4]))
    .option('--split <name>', 'only the records of this split')
    .option('--limit <n>', 'only the first n records', wholeNumber(1))
    .addOption(
      new Option('--sample <n>', 'only n records, each topic in proportion to its share of the records')
        .argParser(wholeNumber(1))
        .conflicts('limit'),
    )
    .option('--run <name>', 'the name of the run (default: made from the configuration)')
    .option(
      '--max-new-tokens <n>',
      `bound of a generated answer (default: the prompt file's, else ${DEFAULT_MAX_NEW_TOKENS})`,
      wholeNumber(1),
    )
    .option('--samples <n>', 'answers of each record, which vote', wholeNumber(1), 1)
    .option(
      '--temperature <t>',
      'how freely tokens are drawn; 0: the likeliest each time',
      numberBetween(0, 2),
      0,
    )
    .option(
      '--top-p <p>',
      'draw from the likeliest tokens that together have this probability',
      numberBetween(0, 1),
      1,
    )
    .option(
      '--constrained',
      'hold the output to the format that the prompt asks for, at endpoints that can',
      false,
    )
    .option(
      '--seed <n>',
      'what --sample and --temperature draw; the same seed draws the same (default: 0)',
      wholeNumber(0),
    )
    .addOption(
      new Option('--device <device>', 'where local models run')
        .choices(['auto', 'cpu', 'webgpu'])
        .default('auto'),
    )
    .addOption(fieldsOption())
    .addOption(formatOption())
    .action(annotate);
}

function sampleOf({ sample: n, seed = 0 }: Options): Sample | undefined {
  return n === undefined ? undefined : { n, seed };
}

async function annotate(file: string, options: Options): Promise<void> {
  const decoding = decodingOf(options);
  if (options.seed !== undefined && options.sample === undefined && decoding.temperature === 0) {
    throw new UsageError(
      '--seed draws a sample or, above temperature 0, tokens: say with --sample how many records, or with --temperature how freely.',
    );
  }
  const store = openStore(defaultStorePath());
  const { pipeline } = openDataset(file, store, options.fields);
  const { provider, card } = await findModel(options.model, options.device);
  const prompt = findPromptFile(
    options.prompt ?? `setting-${options.setting ?? 1}`,
    pipeline.surroundings.path,
    shippedPrompts,
  );
  const around = { dataset: pipeline, datasetProblem: null, models: [], includes: null };
  for (const { severity, message } of checkPromptFile(prompt, around, pipeline.surroundings.rules)) {
    if (severity === 'error') process.stderr.write(`The prompt ${prompt.name}: ${message}\n`);
  }
  const job = pipeline.plan(
    {
      model: card,
      prompt,
      setting: options.setting,
      decoding: { ...decoding, maxNewTokens: options.maxNewTokens ?? maxNewTokensOf(prompt) },
      split: options.split ?? null,
      limit: options.limit,
      sample: sampleOf(options),
      runName: options.run,
    },
    new Date().toISOString(),
  );
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const line = new ProgressLine(card.id, decoding.samples === undefined ? 'records' : 'samples');
  const clock = { seconds: () => performance.now() / 1000, date: () => new Date().toISOString() };
  const open = () => openModel(provider, card);
  for await (const step of pipeline.annotate(job, open, interrupt.signal, clock)) {
    const { query } = step;
    if (query) line.show(query.done, query.total, query.done, query.name);
    else line.show(step.done, step.total, step.generated);
  }
  line.end();
  if (interrupt.signal.aborted)
    process.stderr.write('Stopped; what was done is stored, and the same command goes on from here.\n');
  process.stdout.write(reportOutput([pipeline.report(store.run(job.run.id) ?? job.run)], options.format));
  process.exitCode = EXIT.done;
  store.close();
}
