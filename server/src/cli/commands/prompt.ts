import type { Command } from 'commander';
import { exampleRecord, type RenderedPrompt, renderRecord } from '../../core/pipeline/prompty.ts';
import type { NamedPrompt } from '../../core/pipeline.ts';
import type { Setting } from '../../core/prompts/types.ts';
import type { RecordSource } from '../../core/records/types.ts';
import { similarNames } from '../../core/similar-name.ts';
import { quote } from '../../core/text.ts';
import { findPromptFile } from '../../files/prompt-files.ts';
import { shippedPrompts } from '../../files/shipped.ts';
import { EXIT, UsageError } from '../exit.ts';
import { promptOutput } from '../formats/prompt.ts';
import { type OpenDataset, openDataset } from '../open-dataset.ts';
import {
  type CheckFormat,
  checkFormatOption,
  type FailOn,
  type Format,
  failOnOption,
  formatOption,
  numberOption,
} from '../options.ts';
import { printChecks } from '../print-checks.ts';
import { checkPrompt, datasetPathOf, isPromptFile } from '../prompt-checks.ts';
import { promptTokens } from '../prompt-tokens.ts';

interface CheckOptions {
  readonly dataset?: string;
  readonly format: CheckFormat;
  readonly failOn: FailOn;
}

interface RenderOptions {
  readonly dataset?: string;
  readonly record?: string;
  readonly setting?: Setting;
  readonly model?: readonly string[];
  readonly format: Format;
}

export function promptCommand(program: Command): void {
  const prompt = program
    .command('prompt')
    .description('check prompt files, and show exactly what a model is asked');
  prompt
    .command('check')
    .description('check prompt files with the rules for them; no model is run')
    .argument('<file...>', '.prompty files')
    .option(
      '--dataset <file>',
      'the dataset that they are for (default: the one that each names, else the nearest beside or above it)',
    )
    .addOption(checkFormatOption())
    .addOption(failOnOption())
    .action(check);
  prompt
    .command('render')
    .description(
      'print the messages that a model is shown for a record, their tokens, and what was left out and why',
    )
    .argument('<file>', 'a .prompty file, or the name of a shipped one')
    .option(
      '--dataset <file>',
      'dataset file (default: the one that the prompt file names, else the nearest beside or above it)',
    )
    .option('--record <id>', 'the record (default: the first of the split that the file names)')
    .addOption(
      numberOption(
        '--setting <n>',
        "which fields the prompt holds, in place of the file's own",
        [1, 2, 3, 4],
      ),
    )
    .option('--model <id...>', 'whose tokens are counted (default: the models that the file names, else all)')
    .addOption(formatOption())
    .action(render);
}

async function check(names: readonly string[], { dataset, ...options }: CheckOptions): Promise<void> {
  const other = names.find((name) => !isPromptFile(name));
  if (other) throw new UsageError(`${other} is no prompt file: name files that end in .prompty.`);
  const pipeline = dataset === undefined ? null : openDataset(dataset, null).pipeline;
  const files = await Promise.all(names.map((name) => checkPrompt(name, pipeline)));
  printChecks('prompt check', files, options);
}

async function render(name: string, options: RenderOptions): Promise<void> {
  const dataset = openDataset(datasetFor(name, options.dataset), null);
  const { pipeline } = dataset;
  const prompt = findPromptFile(name, pipeline.surroundings.path, shippedPrompts);
  const source = findRecord(dataset, prompt, options.record);
  const rendered: RenderedPrompt = renderRecord(prompt, source, pipeline, options.setting);
  if (rendered.refusal) process.stderr.write(`No model would be asked this. ${rendered.refusal}\n`);
  const tokens = await promptTokens(rendered.messages, options.model, rendered.models);
  process.stdout.write(promptOutput({ ...rendered, tokens }, options.format, process.cwd()));
  process.exitCode = EXIT.done;
}

function datasetFor(prompt: string, given: string | undefined): string {
  const path = given ?? datasetPathOf(prompt);
  if (path) return path;
  throw new UsageError(
    `${prompt} names no dataset, and none lies beside or above it: say with --dataset which one.`,
  );
}

function findRecord(
  { file, pipeline }: OpenDataset,
  prompt: NamedPrompt,
  id: string | undefined,
): RecordSource {
  const { document } = pipeline;
  if (id === undefined) {
    const first = exampleRecord(prompt, pipeline);
    if (!first) throw new UsageError(`${file} holds no records.`);
    return first;
  }
  const index = document.find(id);
  const source = index === undefined ? null : document.chunks[index]?.source;
  if (source) return source;
  const ids = document.chunks.flatMap((chunk) => chunk.source?.record.id ?? []);
  const near = similarNames(id, ids).map((one) => quote(one, 40));
  const hint =
    near.length > 0 ? `did you mean ${near.join(', ')}?` : `its first is ${quote(ids[0] ?? '', 40)}.`;
  throw new UsageError(`${file} has no record ${quote(id, 40)}: ${hint}`);
}
