import { relative } from 'node:path';
import { type Command, Option } from 'commander';
import { shippedTrainer } from '../../files/shipped.ts';
import { defaultStorePath } from '../../storage/location.ts';
import { openStore } from '../../storage/sqlite-store.ts';
import { prepareRun } from '../../training/prepare.ts';
import { pythonOf, startTrainer, waitingJob } from '../../training/trainer-process.ts';
import { TrainingRun } from '../../training/training-run.ts';
import { EXIT } from '../exit.ts';
import { findingLine } from '../formats/place.ts';
import { trainOutput } from '../formats/train.ts';
import { type Format, formatOption, wholeNumber } from '../options.ts';
import { checkedRecipe, openRecipe } from '../recipe-checks.ts';
import { findTrainer, watchTraining } from '../training.ts';

interface Options {
  readonly check?: boolean;
  readonly run?: string;
  readonly python?: string;
  readonly on: 'local' | 'slurm';
  readonly sbatch: readonly string[];
  readonly processes: number;
  readonly format: Format;
}

export function trainCommand(program: Command): void {
  program
    .command('train')
    .description(
      'train a student by a recipe, in a run folder beside it; asking again goes on where it stopped or was killed',
    )
    .argument('<recipe>', 'a .recipe.yaml file')
    .option(
      '--check',
      'only look at what a batch is like, what it will cost and what is wrong; nothing is trained',
    )
    .option('--run <name>', 'the name of the run (default: made from the recipe)')
    .option(
      '--python <path>',
      'the Python that trains (default: the one that began the run, VIRTUAL_ENV, a .venv beside the recipe or above, the PATH)',
    )
    .option('--processes <n>', 'processes on one machine, one for each GPU', wholeNumber(1), 1)
    .addOption(
      new Option('--on <where>', 'on this machine, or as a job of a cluster that sees the same folders')
        .choices(['local', 'slurm'])
        .default('local'),
    )
    .option(
      '--sbatch <option>',
      'with --on slurm: an option for sbatch, such as --sbatch=--partition=gpu; may be repeated',
      (option: string, others: readonly string[]) => [...others, option],
      [],
    )
    .addOption(formatOption())
    .action(train);
}

async function train(file: string, options: Options): Promise<void> {
  const store = openStore(defaultStorePath());
  try {
    const opened = openRecipe(file, store);
    const { findings } = checkedRecipe(file, opened);
    for (const found of findings) process.stderr.write(`${findingLine(found)}\n`);
    if (findings.some(({ finding }) => finding.severity === 'error')) {
      process.exitCode = EXIT.findings;
      return;
    }
    const { path, recipe, around } = opened;
    const prepared = prepareRun(path, recipe, around, options.run);
    for (const notice of prepared.notices) process.stderr.write(`${notice}\n`);
    store.addTraining(prepared.folder, new Date().toISOString());
    const run = new TrainingRun(prepared.folder);
    const done = await runTrainer(run, path, options);
    process.stdout.write(trainOutput(done, options.check === true, options.format, process.cwd()));
    process.exitCode = exitCode(done);
  } finally {
    store.close();
  }
}

/** Starts the trainer, or watches the one that is at work, to its end. */
async function runTrainer(
  run: TrainingRun,
  path: string,
  { check, python, processes, on, sbatch }: Options,
): Promise<TrainingRun> {
  const { state } = run;
  const where = relative(process.cwd(), run.folder) || run.folder;
  if (state === 'finished' && !check) {
    process.stderr.write(`The run ${run.name} is finished. For another one, give it a name with --run.\n`);
    return run;
  }
  if (state === 'running') {
    process.stderr.write(`The run ${run.name} is being trained; watching it.\n`);
  } else {
    const trainer = await findTrainer(path, python, pythonOf(run.folder));
    process.stderr.write(`${trainer.words}\nRun folder: ${where}\n`);
    const slurm = on === 'slurm' ? sbatch : undefined;
    await startTrainer(run.folder, trainer.path, shippedTrainer, { check, processes, slurm });
    const job = waitingJob(run.folder);
    if (job !== null)
      process.stderr.write(`The job ${job} waits in the queue, where it stays when this command ends.\n`);
  }
  return watchTraining(run, check === true);
}

function exitCode(run: TrainingRun): number {
  const { state, history } = run;
  const errors = history.preflight?.findings.some(({ severity }) => severity === 'error');
  if (errors) return EXIT.findings;
  return state === 'failed' || state === 'interrupted' || (state === 'new' && run.problem)
    ? EXIT.unusable
    : EXIT.done;
}
