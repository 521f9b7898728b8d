import type { Command } from 'commander';
import { decodingOf } from '../../core/decoding.ts';
import { planTests, refuseUnscored, runTests } from '../../core/pipeline/faithfulness.ts';
import { maxNewTokensOf } from '../../core/pipeline/prompty.ts';
import type { AnnotateJob, Pipeline } from '../../core/pipeline.ts';
import type { Setting } from '../../core/prompts/types.ts';
import type { FieldMap } from '../../core/records/field-map.ts';
import { findPromptFile } from '../../files/prompt-files.ts';
import { shippedPrompts } from '../../files/shipped.ts';
import { defaultStorePath } from '../../storage/location.ts';
import { openStore } from '../../storage/sqlite-store.ts';
import { EXIT } from '../exit.ts';
import { faithfulnessOutput } from '../formats/faithfulness.ts';
import { type DeviceSetting, findModel, type OfferedModel, openModel } from '../models.ts';
import { openDataset } from '../open-dataset.ts';
import {
  deviceOption,
  type Format,
  fieldsOption,
  formatOption,
  limitOption,
  maxNewTokensOption,
  promptOption,
  settingOption,
  splitOption,
} from '../options.ts';
import { ProgressLine } from '../progress.ts';

interface Options {
  readonly model: string;
  readonly prompt?: string;
  readonly setting?: Setting;
  readonly split?: string;
  readonly limit?: number;
  readonly maxNewTokens?: number;
  readonly device: DeviceSetting;
  readonly fields?: FieldMap;
  readonly format: Format;
}

export function faithfulnessCommand(program: Command): void {
  program
    .command('faithfulness')
    .description(
      "test whether a model's answers follow from its rationales, by the probabilities of the choices without the rationale, after each sentence of it, and with another record's",
    )
    .argument('<dataset>', 'dataset file')
    .requiredOption('--model <id>', 'a model of `models list`, or a model folder')
    .addOption(promptOption())
    .addOption(settingOption())
    .addOption(splitOption())
    .addOption(limitOption())
    .addOption(maxNewTokensOption())
    .addOption(deviceOption())
    .addOption(fieldsOption())
    .addOption(formatOption())
    .action(faithfulness);
}

async function faithfulness(file: string, options: Options): Promise<void> {
  const store = openStore(defaultStorePath());
  const { pipeline } = openDataset(file, store, options.fields);
  const offered = await findModel(options.model, options.device);
  refuseUnscored(offered.card);
  const { split = null, limit, setting } = options;
  const prompt = findPromptFile(
    options.prompt ?? `setting-${setting ?? 1}`,
    pipeline.surroundings.path,
    shippedPrompts,
  );
  const maxNewTokens = options.maxNewTokens ?? maxNewTokensOf(prompt);
  const job = pipeline.plan(
    { model: offered.card, prompt, setting, decoding: { ...decodingOf({}), maxNewTokens }, split, limit },
    new Date().toISOString(),
  );
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  await answer(pipeline, job, offered, interrupt.signal);
  const ids = pipeline.selectedIds({ split }).slice(0, limit);
  const run = pipeline.storedRun(job.run.id) ?? job.run;
  const failed = await test(pipeline, run, ids, offered, interrupt.signal);
  if (interrupt.signal.aborted)
    process.stderr.write('Stopped; what was done is stored, and the same command goes on from here.\n');
  process.stdout.write(faithfulnessOutput(pipeline, run, ids, failed, options.format));
  process.exitCode = EXIT.done;
  store.close();
}

/** Has the model answer what it has not answered yet. */
async function answer(
  pipeline: Pipeline,
  job: AnnotateJob,
  { provider, card }: OfferedModel,
  signal: AbortSignal,
): Promise<void> {
  const line = new ProgressLine(card.id);
  const clock = { seconds: () => performance.now() / 1000, date: () => new Date().toISOString() };
  for await (const { query, ...step } of pipeline.annotate(
    job,
    () => openModel(provider, card),
    signal,
    clock,
  )) {
    if (query) line.show(query.done, query.total, query.done, query.name);
    else line.show(step.done, step.total, step.generated);
  }
  line.end();
}

/** @returns why, by record, for those that could not be scored */
async function test(
  pipeline: Pipeline,
  run: AnnotateJob['run'],
  ids: readonly string[],
  { provider, card }: OfferedModel,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const failed = new Map<string, string>();
  const plan = planTests(pipeline, run, ids);
  if (plan.tests.length === 0 || signal.aborted) return failed;
  const line = new ProgressLine(card.id);
  const model = await openModel(provider, card);
  try {
    for await (const { done, total, recordId, error } of runTests(pipeline, plan, model, signal)) {
      if (error !== null) failed.set(recordId, error);
      line.show(done, total, done, 'scoring');
    }
  } finally {
    await model.close();
  }
  line.end();
  return failed;
}
