/** The trainer's own process, which outlives whoever started it. */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TrainerFiles } from './python.ts';
import { RUN_FILES } from './run-folder.ts';
import { cancelJob, jobState, submitJob } from './slurm.ts';

/** A process of a machine, or a job of a cluster; neither where a job was taken out of the queue. */
type Trainer = { readonly pid: number; readonly host: string } | { readonly job: string } | object;

/** Who trains in a folder, as its `trainer.json` says. */
type TrainerRecord = Trainer & {
  /** The Python that trains. Runs of before it was written down have none. */
  readonly python?: string;
  /** It only looks at what is wrong and what it costs. */
  readonly check?: boolean;
  /** The user's options for `sbatch`, of a job. */
  readonly sbatch?: readonly string[];
};

export interface TrainerOptions {
  /** Only look at what is wrong and what it costs. */
  readonly check?: boolean;
  /** So many processes on one machine, each with a GPU or some of the cores; 1 where it is left out. */
  readonly processes?: number;
  /** Submit it to SLURM, with these options for `sbatch`. */
  readonly slurm?: readonly string[];
}

/**
 * Starts the trainer in a run's folder and returns at once. It takes up the run's last checkpoint by itself.
 *
 * @throws Error with one sentence when one is at work there already, or when it does not start
 */
export async function startTrainer(
  folder: string,
  python: string,
  files: TrainerFiles,
  options: TrainerOptions = {},
): Promise<void> {
  if (isTraining(folder)) throw new Error(`The run in ${folder} is being trained already.`);
  rmSync(join(folder, RUN_FILES.stop), { force: true });
  const args = trainerArguments(folder, options);
  const who: TrainerRecord = options.slurm
    ? { job: submitJob(folder, [python, ...args], ownVariables(files), options.slurm) }
    : { pid: await spawnTrainer(folder, python, args, files), host: hostname() };
  writeRecord(folder, { ...who, python, check: options.check, sbatch: options.slurm });
}

function trainerArguments(folder: string, { check = false, processes = 1 }: TrainerOptions): string[] {
  const several = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', String(processes)];
  return [
    ...['-u', ...(processes > 1 ? several : []), '-m', 'rationale_trainer', 'train', folder],
    ...(check ? ['--check'] : []),
  ];
}

async function spawnTrainer(
  folder: string,
  python: string,
  args: readonly string[],
  files: TrainerFiles,
): Promise<number> {
  const log = openSync(join(folder, RUN_FILES.log), 'a');
  try {
    const child = spawn(python, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...ownVariables(files) },
      windowsHide: true,
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.once('spawn', resolve);
    child.once('error', ({ message }) =>
      reject(new Error(`The Python ${python} does not start: ${message}.`)),
    );
    await promise;
    child.unref();
    return child.pid as number;
  } finally {
    closeSync(log);
  }
}

/** Runs another of the trainer's commands to its end, passing on what it prints, and gives its exit code. */
export async function runTrainer(
  python: string,
  files: TrainerFiles,
  args: readonly string[],
): Promise<number> {
  const child = spawn(python, ['-m', 'rationale_trainer', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...ownVariables(files) },
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', ({ message }) => reject(new Error(`The Python ${python} does not start: ${message}.`)));
  child.once('close', (code) => resolve(code ?? 1));
  return promise;
}

/** Variables with which a Python finds the trainer beside whatever its environment has. */
export function ownVariables({ folder }: TrainerFiles): Record<string, string> {
  const { PYTHONPATH } = process.env;
  return { PYTHONPATH: PYTHONPATH ? `${folder}${delimiter}${PYTHONPATH}` : folder, PYTHONUTF8: '1' };
}

/** Asks the trainer to save a checkpoint and end, wherever it runs. A job that still waits is taken out of the queue. */
export function askToStop(folder: string): void {
  const record = readRecord(folder);
  if (!record || !('job' in record) || jobState(record.job) !== 'waiting') {
    writeFileSync(join(folder, RUN_FILES.stop), '');
    return;
  }
  const { job, ...others } = record;
  cancelJob(job);
  writeRecord(folder, others);
}

/** True while the process that trains in the folder runs on this machine, or its job on the cluster. */
export function isTraining(folder: string): boolean {
  const record = readRecord(folder);
  if (record === null) return false;
  if ('job' in record) return jobState(record.job) !== 'gone';
  return 'pid' in record && record.host === hostname() && isAlive(record.pid, folder);
}

/** The Python that was last started in the folder; null when none was. */
export function pythonOf(folder: string): string | null {
  return readRecord(folder)?.python ?? null;
}

/** True when a trainer was started in the folder and may have died there without a word. */
export function wasStarted(folder: string): boolean {
  const record = readRecord(folder);
  return record !== null && ('pid' in record || 'job' in record);
}

/** True when it was to train, and not only to look. */
export function wasToTrain(folder: string): boolean {
  return wasStarted(folder) && !readRecord(folder)?.check;
}

/** The user's options for `sbatch` with which the run was last submitted; null when it ran on a machine. */
export function sbatchOf(folder: string): readonly string[] | null {
  return readRecord(folder)?.sbatch ?? null;
}

/** True while the trainer in the folder only looks at what is wrong and what it costs. */
export function isChecking(folder: string): boolean {
  return readRecord(folder)?.check === true && isTraining(folder);
}

/** The number of the job that waits in a cluster's queue; null when none does. */
export function waitingJob(folder: string): string | null {
  const record = readRecord(folder);
  return record && 'job' in record && jobState(record.job) === 'waiting' ? record.job : null;
}

/** What Python, or a cluster, said when the trainer died, beside its events; empty where it died without a word. */
export function lastWords(folder: string): string {
  const path = join(folder, RUN_FILES.log);
  const last = existsSync(path) ? (readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? '') : '';
  // Libraries leave warnings there, too.
  return /error|exception|no module named/i.test(last) ? last : '';
}

function writeRecord(folder: string, record: TrainerRecord): void {
  writeFileSync(join(folder, RUN_FILES.process), JSON.stringify(record));
}

function readRecord(folder: string): TrainerRecord | null {
  try {
    return JSON.parse(readFileSync(join(folder, RUN_FILES.process), 'utf8'));
  } catch {
    return null;
  }
}

/** A number is given to another process once its own has ended, so its command is looked at where that can be done. */
function isAlive(pid: number, folder: string): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform === 'win32') return true;
  try {
    const shown = execFileSync('ps', ['-ww', '-o', 'stat=,command=', '-p', String(pid)], {
      encoding: 'utf8',
    });
    return !shown.startsWith('Z') && shown.includes(folder);
  } catch {
    return false;
  }
}
