import { existsSync, writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { decodingOf } from '../../core/decoding.ts';
import { type Keep, RationaleWork, type RecordRationale } from '../../core/pipeline/rationales.ts';
import {
  type LinesTarget,
  type RationaleEdits,
  rationaleEdits,
  rationaleLines,
  withEdits,
} from '../../core/pipeline/writing.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import type { Setting } from '../../core/prompts/types.ts';
import type { FieldMap } from '../../core/records/field-map.ts';
import { count } from '../../core/text.ts';
import { besideFile } from '../../files/beside.ts';
import { findPromptFile } from '../../files/prompt-files.ts';
import { replaceFile } from '../../files/replace-file.ts';
import { shippedPrompts } from '../../files/shipped.ts';
import { readTextFile } from '../../files/text-file.ts';
import type { DeviceSetting } from '../../inference/index.ts';
import { CLOCK } from '../../storage/clock.ts';
import { defaultStorePath } from '../../storage/location.ts';
import { openStore } from '../../storage/sqlite-store.ts';
import { askedPrompt } from '../asking.ts';
import { EXIT, UsageError } from '../exit.ts';
import { rationalesOutput } from '../formats/rationales.ts';
import { interrupted } from '../interrupt.ts';
import { findModel, openModel } from '../models.ts';
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
import { ProgressLine } from '../progress.ts';
import { storedRun } from '../stored-runs.ts';

type Target = 'record' | LinesTarget;

interface Options {
  readonly teacher: string;
  readonly prompt?: string;
  readonly setting?: Setting;
  readonly rationalise: string | false;
  readonly split?: string;
  readonly limit?: number;
  readonly samples: number;
  readonly temperature: number;
  readonly topP: number;
  readonly constrained: boolean;
  readonly seed: number;
  readonly maxNewTokens?: number;
  readonly failuresOf?: string;
  readonly keep: Keep;
  readonly to: Target;
  readonly out?: string;
  readonly replace: boolean;
  readonly dryRun: boolean;
  readonly device: DeviceSetting;
  readonly fields?: FieldMap;
  readonly format: Format;
}

export function rationalesCommand(program: Command): void {
  program
    .command('rationales')
    .description(
      'have a teacher write rationales, keep those whose conclusion is the gold answer and whose reasoning agrees, and write them into the records',
    )
    .argument('<dataset>', 'dataset file')
    .requiredOption('--teacher <id>', 'a model of `models list`, or a model folder')
    .addOption(promptOption())
    .addOption(settingOption())
    .option(
      '--rationalise <file>',
      'the prompt that shows the gold answer, for records of which no sample passes',
      'gold-hint',
    )
    .option('--no-rationalise', 'leave records without a rationale of which no sample passes')
    .addOption(splitOption())
    .addOption(limitOption())
    .option(
      '--failures-of <run>',
      'only the records that this stored run has wrong: the next round of a student',
    )
    .option('--samples <n>', 'answers of each record', wholeNumber(1), 4)
    .option('--temperature <t>', 'how freely tokens are drawn', numberBetween(0, 2), 0.7)
    .option(
      '--top-p <p>',
      'draw from the likeliest tokens that together have this probability',
      numberBetween(0, 1),
      1,
    )
    .addOption(constrainedOption())
    .option('--seed <n>', 'what the draws depend on: the same seed draws the same', wholeNumber(0), 0)
    .addOption(maxNewTokensOption())
    .addOption(
      new Option(
        '--keep <which>',
        'of the samples that pass, the first, or the shorter the more of them pass and the longer the fewer',
      )
        .choices(['first', 'by-difficulty'])
        .default('first'),
    )
    .addOption(
      new Option(
        '--to <target>',
        'where they go: the field "rationale" of the records, or lines of another file',
      )
        .choices(['record', 'llava-cot', 'jsonl'])
        .default('record'),
    )
    .option('--out <file>', 'the other file')
    .option('--replace', 'replace the other file, and rationales that a person has written', false)
    .option('--dry-run', 'generate and verify, and write nothing', false)
    .addOption(deviceOption())
    .addOption(fieldsOption())
    .addOption(formatOption())
    .action(rationales);
}

async function rationales(file: string, options: Options): Promise<void> {
  checkTarget(options);
  const store = openStore(defaultStorePath());
  const { pipeline } = openDataset(file, store, options.fields);
  const { provider, card } = await findModel(options.teacher, options.device);
  const promptOf = (name: string) => findPromptFile(name, pipeline.surroundings.path, shippedPrompts);
  const { prompt, maxNewTokens } = askedPrompt(options, pipeline);
  const work = new RationaleWork(
    pipeline,
    {
      model: card,
      prompt,
      rationalise: options.rationalise === false ? null : promptOf(options.rationalise),
      setting: options.setting,
      decoding: { ...decodingOf(options), maxNewTokens },
      split: options.split ?? null,
      limit: options.limit,
      keep: options.keep,
      ...(options.failuresOf !== undefined && { failuresOf: storedRun(store, options.failuresOf) }),
    },
    CLOCK,
  );
  const signal = interrupted();
  const lines = {
    generate: new ProgressLine(card.id, 'samples'),
    rationalise: new ProgressLine('from gold', 'samples'),
  };
  for await (const { step, done, total, generated } of work.run(() => openModel(provider, card), signal)) {
    lines[step].show(done, total, generated);
  }
  for (const line of Object.values(lines)) line.end();
  store.close();
  if (signal.aborted) {
    process.stderr.write(
      'Stopped; the samples are stored, nothing is written, and the same command goes on from here.\n',
    );
    return;
  }
  const { found } = work;
  const edits = rationaleEdits(pipeline, found, options.replace);
  const written = options.dryRun
    ? `Nothing is written: ${count(options.to === 'record' ? edits.edits.length : lineCount(found), 'rationale')} would be.`
    : write(pipeline, found, edits, options);
  const handEdited = options.to === 'record' ? edits.handEdited : [];
  process.stdout.write(
    rationalesOutput(
      { teacher: card.id, found, handEdited, replaced: options.replace, written },
      options.format,
    ),
  );
  process.exitCode = EXIT.done;
}

/** Before anything is generated. */
function checkTarget({ to, out, replace, dryRun }: Options): void {
  if (to === 'record') {
    if (out !== undefined)
      throw new UsageError('--out is for lines of another file: say with --to of which kind.');
    return;
  }
  if (out === undefined) throw new UsageError(`--to ${to} writes another file: name it with --out.`);
  if (existsSync(out) && !replace && !dryRun) {
    throw new UsageError(`${out} is there already: name another file, or replace it with --replace.`);
  }
}

function lineCount(found: readonly RecordRationale[]): number {
  return found.filter(({ rationale }) => rationale).length;
}

/** @returns what was written, in one sentence */
function write(
  pipeline: Pipeline,
  found: readonly RecordRationale[],
  { edits, unchanged }: RationaleEdits,
  { to, out = '' }: Options,
): string {
  const { path } = pipeline.surroundings;
  if (to === 'record') {
    if (readTextFile(path) !== pipeline.document.text) {
      throw new UsageError(
        `${path} has changed meanwhile: nothing is written; the same command takes it up again.`,
      );
    }
    if (edits.length > 0) replaceFile(path, withEdits(pipeline, edits));
    const same = unchanged > 0 ? `, ${unchanged} were there already` : '';
    return `${count(edits.length, 'rationale')} written into ${path}${same}.`;
  }
  const { text, count: lines } = rationaleLines(pipeline, found, to, besideFile(out));
  writeFileSync(out, text);
  return `${count(lines, 'line')} written to ${out}.`;
}
