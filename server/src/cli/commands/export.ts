import { resolve } from 'node:path';
import type { Command } from 'commander';
import { shippedTrainer } from '../../files/shipped.ts';
import { runTrainer } from '../../training/trainer-process.ts';
import { EXIT } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import { findTrainer } from '../training.ts';

interface Options {
  readonly quantise?: string;
  readonly verify?: number;
  readonly examples?: string;
  readonly python?: string;
}

export function exportCommand(program: Command): void {
  program
    .command('export')
    .description(
      'export a trained student, merged, for the onnx provider; it is only written when it gives the same tokens as PyTorch',
    )
    .argument('<source>', 'a run folder, one of its checkpoints, or a model folder')
    .argument('<folder>', 'folder for the exported model')
    .option('--quantise <kinds>', 'smaller copies to write beside it: fp16, int8, q4, with commas between')
    .option('--verify <n>', "records to compare on (default: the recipe's, else 32)", wholeNumber(0))
    .option('--examples <file>', "the records to compare on (default: the run's evaluation examples)")
    .option(
      '--python <path>',
      'the Python that exports (default: VIRTUAL_ENV, a .venv here or above, the PATH)',
    )
    .action(exportModel);
}

async function exportModel(source: string, folder: string, options: Options): Promise<void> {
  const { quantise, verify, examples } = options;
  const trainer = await findTrainer(resolve(source, 'x'), options.python);
  const code = await runTrainer(trainer.path, shippedTrainer, [
    ...['export', resolve(source), resolve(folder)],
    ...(quantise === undefined ? [] : ['--quantise', quantise]),
    ...(verify === undefined ? [] : ['--verify', String(verify)]),
    ...(examples === undefined ? [] : ['--examples', resolve(examples)]),
  ]);
  process.exitCode = code === 0 ? EXIT.done : EXIT.unusable;
}
