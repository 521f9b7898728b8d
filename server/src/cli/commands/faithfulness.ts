import type { Command } from 'commander';
import { decodingOf } from '../../core/decoding.ts';
import { planTests, refuseUnscored, runTests } from '../../core/pipeline/faithfulness.ts';
import type { AnnotateJob, Pipeline } from '../../core/pipeline.ts';
import type { Setting } from '../../core/prompts/types.ts';
import type { FieldMap } from '../../core/records/field-map.ts';
import type { DeviceSetting } from '../../inference/index.ts';
import { CLOCK } from '../../storage/clock.ts';
import { defaultStorePath } from '../../storage/location.ts';
import { openStore } from '../../storage/sqlite-store.ts';
import { answerRecords, askedPrompt } from '../asking.ts';
import { EXIT } from '../exit.ts';
import { faithfulnessOutput } from '../formats/faithfulness.ts';
import { interrupted, tellWhetherStopped } from '../interrupt.ts';
import { findModel, type OfferedModel, openModel } from '../models.ts';
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
  const { prompt, maxNewTokens } = askedPrompt(options, pipeline);
  const job = pipeline.plan(
    { model: offered.card, prompt, setting, decoding: { ...decodingOf({}), maxNewTokens }, split, limit },
    CLOCK.date(),
  );
  const signal = interrupted();
  const run = await answerRecords(pipeline, job, offered, signal);
  const ids = pipeline.selectedIds({ split }).slice(0, limit);
  const failed = await test(pipeline, run, ids, offered, signal);
  tellWhetherStopped(signal);
  process.stdout.write(faithfulnessOutput(pipeline, run, ids, failed, options.format));
  process.exitCode = EXIT.done;
  store.close();
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
