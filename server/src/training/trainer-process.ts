/** The trainer's own process, which outlives whoever started it. */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TrainerFiles } from './python.ts';
import { RUN_FILES } from './run-folder.ts';

/** Who trains in a folder, as its `trainer.json` says. */
interface TrainerRecord {
  readonly pid: number;
  readonly host: string;
}

/**
 * Starts the trainer in a run's folder and returns at once. It takes up the run's last checkpoint by itself.
 *
 * @throws Error with one sentence when one is at work there already, or when Python does not start
 */
export async function startTrainer(
  folder: string,
  python: string,
  files: TrainerFiles,
  { check = false }: { readonly check?: boolean } = {},
): Promise<void> {
  if (isTraining(folder)) throw new Error(`The run in ${folder} is being trained already.`);
  rmSync(join(folder, RUN_FILES.stop), { force: true });
  const log = openSync(join(folder, RUN_FILES.log), 'a');
  try {
    const args = ['-u', '-m', 'rationale_trainer', 'train', folder, ...(check ? ['--check'] : [])];
    const child = spawn(python, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: trainerEnvironment(files),
      windowsHide: true,
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.once('spawn', resolve);
    child.once('error', ({ message }) =>
      reject(new Error(`The Python ${python} does not start: ${message}.`)),
    );
    await promise;
    child.unref();
    const record: TrainerRecord = { pid: child.pid as number, host: hostname() };
    writeFileSync(join(folder, RUN_FILES.process), JSON.stringify(record));
  } finally {
    closeSync(log);
  }
}

/** Python finds the trainer beside whatever its environment has. */
export function trainerEnvironment({ folder }: TrainerFiles): NodeJS.ProcessEnv {
  const { PYTHONPATH, ...others } = process.env;
  const path = PYTHONPATH ? `${folder}${delimiter}${PYTHONPATH}` : folder;
  return { ...others, PYTHONPATH: path, PYTHONUTF8: '1' };
}

/** Asks the trainer to save a checkpoint and end, wherever it runs. */
export function askToStop(folder: string): void {
  writeFileSync(join(folder, RUN_FILES.stop), '');
}

/** True while the process that trains in the folder runs on this machine. */
export function isTraining(folder: string): boolean {
  const record = readRecord(folder);
  return record !== null && record.host === hostname() && isAlive(record.pid, folder);
}

/** The last line that the trainer wrote beside its events: what Python says when it dies. */
export function lastWords(folder: string): string {
  const path = join(folder, RUN_FILES.log);
  return existsSync(path) ? (readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? '') : '';
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
