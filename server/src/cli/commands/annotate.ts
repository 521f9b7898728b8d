import type { Command } from 'commander';
import { Option } from 'commander';
import { decodingOf } from '../../core/decoding.ts';
import { checkCascade, teacherOptions } from '../../core/pipeline/cascade.ts';
import { checkPromptFile } from '../../core/pipeline/checks.ts';
import type { AnnotateOptions, Pipeline, RunReport } from '../../core/pipeline.ts';
import type { Setting } from '../../core/prompts/types.ts';
import type { FieldMap } from '../../core/records/field-map.ts';
import type { Sample } from '../../core/records/sample.ts';
import type { DeviceSetting } from '../../inference/index.ts';
import { CLOCK } from '../../storage/clock.ts';
import { defaultStorePath } from '../../storage/location.ts';
import { openStore } from '../../storage/sqlite-store.ts';
import { answerRecords, askedPrompt } from '../asking.ts';
import { EXIT, UsageError } from '../exit.ts';
import { reportOutput } from '../formats/report.ts';
import { interrupted, tellWhetherStopped } from '../interrupt.ts';
import { findModel, type OfferedModel } from '../models.ts';
import { openDataset } from '../open-dataset.ts';
import {
  constrainedOption,
  deviceOption,
  type Format,
  fieldsOption,
  formatOption,
  limitOption,
  maxNewTokensOption,
  numberBetween,
  promptOption,
  settingOption,
  splitOption,
  wholeNumber,
} from '../options.ts';

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
  readonly cascade?: string;
  readonly below?: number;
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
    .addOption(promptOption())
    .addOption(settingOption())
    .addOption(splitOption())
    .addOption(limitOption())
    .addOption(
      new Option('--sample <n>', 'only n records, each topic in proportion to its share of the records')
        .argParser(wholeNumber(1))
        .conflicts('limit'),
    )
    .option('--run <name>', 'the name of the run (default: made from the configuration)')
    .addOption(maxNewTokensOption())
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
    .addOption(constrainedOption())
    .option(
      '--cascade <id>',
      'a teacher, which is asked where fewer than a share of the samples agree; the report tells accuracy and cost beside each alone',
    )
    .option(
      '--below <share>',
      `the share of the samples of a record under which --cascade asks (default: ${DEFAULT_BELOW})`,
      numberBetween(0, 1),
    )
    .option(
      '--seed <n>',
      'what --sample and --temperature draw; the same seed draws the same (default: 0)',
      wholeNumber(0),
    )
    .addOption(deviceOption())
    .addOption(fieldsOption())
    .addOption(formatOption())
    .action(annotate);
}

/** Fewer than seven in ten samples. */
const DEFAULT_BELOW = 0.7;

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
  if (options.below !== undefined && options.cascade === undefined)
    throw new UsageError('--below is of a cascade: name the teacher with --cascade.');
  if (options.cascade !== undefined) checkCascade(decoding);
  const store = openStore(defaultStorePath());
  const { pipeline } = openDataset(file, store, options.fields);
  const student = await findModel(options.model, options.device);
  const teacher = options.cascade === undefined ? null : await findModel(options.cascade, options.device);
  const { prompt, maxNewTokens } = askedPrompt(options, pipeline);
  const around = { dataset: pipeline, datasetProblem: null, models: [], includes: null };
  for (const { severity, message } of checkPromptFile(prompt, around, pipeline.surroundings.rules)) {
    if (severity === 'error') process.stderr.write(`The prompt ${prompt.name}: ${message}\n`);
  }
  const asked: AnnotateOptions = {
    model: student.card,
    prompt,
    setting: options.setting,
    decoding: { ...decoding, maxNewTokens },
    split: options.split ?? null,
    limit: options.limit,
    sample: sampleOf(options),
    ...(teacher ? {} : { runName: options.run }),
  };
  const signal = interrupted();
  const reports = [await run(pipeline, student, asked, signal)];
  if (teacher && !signal.aborted) {
    const cascade = { student: (reports[0] as RunReport).run.id, below: options.below ?? DEFAULT_BELOW };
    const rest = teacherOptions(asked, teacher.card, cascade, options.run);
    reports.push(await run(pipeline, teacher, rest, signal));
  }
  tellWhetherStopped(signal);
  process.stdout.write(reportOutput(reports, options.format));
  process.exitCode = EXIT.done;
  store.close();
}

/** Runs what is not stored yet, and gives the numbers of the whole. */
async function run(
  pipeline: Pipeline,
  model: OfferedModel,
  options: AnnotateOptions,
  signal: AbortSignal,
): Promise<RunReport> {
  const job = pipeline.plan(options, CLOCK.date());
  return pipeline.report(await answerRecords(pipeline, job, model, signal));
}
