import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { decodingOf } from '../../core/decoding.ts';
import type { ModelCard } from '../../core/models/types.ts';
import { AXES, Matrix, RACE_RULE, VARIATION_WORDS } from '../../core/pipeline/matrix.ts';
import { usablePrompt } from '../../core/pipeline/prompts.ts';
import { maxNewTokensOf } from '../../core/pipeline/prompty.ts';
import type { Order, OutputFormat, Setting } from '../../core/prompts/types.ts';
import { similarNames } from '../../core/similar-name.ts';
import { findPromptFile } from '../../files/prompt-files.ts';
import { shippedPrompts } from '../../files/shipped.ts';
import type { DeviceSetting } from '../../inference/index.ts';
import { CLOCK } from '../../storage/clock.ts';
import { defaultStorePath } from '../../storage/location.ts';
import { openStore } from '../../storage/sqlite-store.ts';
import { EXIT, UsageError } from '../exit.ts';
import { MATRIX_FORMATS, type MatrixFormat, matrixOutput } from '../formats/matrix.ts';
import { interrupted, tellWhetherStopped } from '../interrupt.ts';
import { findModel, type OfferedModel, openModel } from '../models.ts';
import { openDataset } from '../open-dataset.ts';
import { constrainedOption, deviceOption, maxNewTokensOption, splitOption, wholeNumber } from '../options.ts';
import { ProgressLine } from '../progress.ts';

interface Options {
  readonly dataset: string;
  readonly model: readonly string[];
  readonly settings: readonly Setting[];
  readonly strategies: readonly string[];
  readonly outputFormats?: readonly OutputFormat[];
  readonly orders: readonly Order[];
  readonly split?: string;
  readonly sample: number;
  readonly seed: number;
  readonly racing?: boolean;
  readonly moved?: boolean;
  readonly sensitivity?: boolean;
  readonly constrained: boolean;
  readonly maxNewTokens?: number;
  readonly writeBest?: string;
  readonly device: DeviceSetting;
  readonly format: MatrixFormat;
}

export function matrixCommand(program: Command): void {
  program
    .command('matrix')
    .description(
      'ask the same sample of records in many ways, and find the best fair one; asking again resumes',
    )
    .argument('<prompt>', 'a .prompty file, or the name of a shipped one')
    .requiredOption('--dataset <file>', 'dataset file')
    .requiredOption('--model <id...>', 'models of `models list`, or model folders')
    .addOption(listOption('--settings <list>', 'which fields the prompt holds', AXES.settings, [1, 2, 3, 4]))
    .addOption(
      listOption('--strategies <list>', 'how the model is asked', AXES.strategies, [
        ...['as-written', 'zero-shot', 'chain-of-thought'],
      ]),
    )
    .addOption(
      listOption(
        '--output-formats <list>',
        "what the output must look like (default: the prompt file's)",
        AXES.formats,
      ),
    )
    .addOption(
      listOption('--orders <list>', 'whether the answer goes before or behind the reasoning', AXES.orders, [
        'answer-last',
      ]),
    )
    .addOption(splitOption())
    .option('--sample <n>', 'only n records, each topic in proportion to its share', wholeNumber(1), 100)
    .option('--seed <n>', 'another seed draws other records', wholeNumber(0), 0)
    .option('--racing', `stop cells early that cannot win. ${RACE_RULE}`)
    .option(
      '--moved',
      `run every cell once more with ${VARIATION_WORDS['choices-moved']}: does it answer by position?`,
    )
    .option(
      '--sensitivity',
      `run every cell once more for each harmless edit: ${Object.values(VARIATION_WORDS).join('; ')}`,
    )
    .addOption(constrainedOption())
    .addOption(maxNewTokensOption())
    .option('--write-best <file>', 'write the best fair cell as a prompt file, which must not exist yet')
    .addOption(deviceOption())
    .addOption(
      new Option('--format <format>', 'how results are printed').choices(MATRIX_FORMATS).default('text'),
    )
    .action(matrix);
}

async function matrix(name: string, options: Options): Promise<void> {
  const { writeBest } = options;
  if (writeBest !== undefined && existsSync(writeBest)) {
    throw new UsageError(`${writeBest} is there already: name a new file, or take it away first.`);
  }
  const store = openStore(defaultStorePath());
  const { pipeline } = openDataset(options.dataset, store);
  const prompt = findPromptFile(name, pipeline.surroundings.path, shippedPrompts);
  const offered = new Map<string, OfferedModel>();
  for (const id of options.model) offered.set(id, await findModel(id, options.device));
  const grid = new Matrix(pipeline, {
    prompt,
    models: [...offered.values()].map(({ card }) => card),
    axes: {
      settings: options.settings,
      strategies: options.strategies,
      formats: options.outputFormats ?? [usablePrompt(prompt).format],
      orders: options.orders,
    },
    decoding: decodingOf({
      maxNewTokens: options.maxNewTokens ?? maxNewTokensOf(prompt),
      constrained: options.constrained,
    }),
    split: options.split ?? null,
    sample: { n: options.sample, seed: options.seed },
    racing: options.racing ?? false,
    variations: options.sensitivity ? Object.keys(VARIATION_WORDS) : options.moved ? ['choices-moved'] : [],
  });
  const signal = interrupted();
  const line = new ProgressLine('matrix', 'answers');
  const open = (card: ModelCard) => openModel((offered.get(card.id) as OfferedModel).provider, card);
  for await (const step of grid.run(open, signal, CLOCK)) {
    const at = [step.model, step.cell, step.part].filter((part) => part !== '').join(', ');
    line.show(step.done, step.total, step.generated, '', at);
  }
  line.end();
  tellWhetherStopped(signal);
  process.stdout.write(matrixOutput(grid.result(), options.format));
  if (writeBest !== undefined) writeBestPrompt(grid, writeBest);
  process.exitCode = EXIT.done;
  store.close();
}

function writeBestPrompt(grid: Matrix, path: string): void {
  const best = grid.best();
  if (!best) throw new UsageError(`${path} is not written: no fair cell has answered all records.`);
  writeFileSync(path, best.text, { flag: 'wx' });
  process.stderr.write(`${path}: ${best.cell.id}, the best fair cell, of ${best.cell.model}.\n`);
}

/** An option that takes some of a few names, with commas between. */
function listOption(
  flags: string,
  description: string,
  known: readonly (string | number)[],
  usual?: readonly (string | number)[],
): Option {
  const option = new Option(flags, `${description}; with commas between: ${known.join(', ')}`);
  if (usual) option.default(usual, usual.join(','));
  return option.argParser((text) => {
    const names = [...new Set(text.split(',').map((name) => name.trim()))];
    return names.map((name) => {
      const found = known.find((one) => String(one) === name);
      if (found !== undefined) return found;
      const words = known.filter((one) => typeof one === 'string');
      const [near] = similarNames(name, words, 1);
      throw new InvalidArgumentError(
        near
          ? `There is no "${name}": did you mean "${near}"?`
          : `There is no "${name}": known are ${known.join(', ')}.`,
      );
    });
  });
}
