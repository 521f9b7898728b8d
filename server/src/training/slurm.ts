/** Training on a cluster: a batch script in the run's folder, which every machine of the cluster must see. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RUN_FILES } from './run-folder.ts';
import { shellWord } from './shell-word.ts';

const SCRIPT = 'slurm.sh';
/** States in which a job is at work, or will be again. */
const ALIVE =
  /^(?:PENDING|CONFIGURING|RUNNING|SUSPENDED|REQUEUED|REQUEUE_HOLD|REQUEUE_FED|RESIZING|SIGNALING|STOPPED|STAGE_OUT|PREEMPTED)$/;
/** The queue is asked no more often than this: it serves a whole cluster. Milliseconds. */
const ASK_EVERY = 3000;
/** What a cluster may take to answer whether it is there. Milliseconds. */
const PATIENCE = 5000;

export type JobState = 'waiting' | 'running' | 'gone';

/**
 * Submits the command to SLURM and gives the job's number. A job that is preempted or requeued runs the same script
 * again, and the trainer goes on from its last checkpoint.
 *
 * @param variables set for the job
 * @param options the user's own for `sbatch`: partition, GPUs, time
 * @throws Error with one sentence when it cannot be submitted
 */
export function submitJob(
  folder: string,
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
  options: readonly string[],
): string {
  const broken = options.find((option) => /[\r\n]/.test(option));
  if (broken !== undefined)
    throw new Error(`An option for sbatch is one line: ${JSON.stringify(broken)} is not.`);
  const script = join(folder, SCRIPT);
  writeFileSync(script, scriptOf(folder, command, variables, options));
  const { stdout, stderr, status, error } = spawnSync('sbatch', ['--parsable', script], { encoding: 'utf8' });
  if (error) throw new Error('SLURM is not to be found here: there is no program sbatch.');
  const [job = ''] = stdout.trim().split(';');
  if (status !== 0 || !/^\d+$/.test(job)) {
    throw new Error(
      `SLURM does not take the job: ${stderr.trim().split('\n').at(-1) ?? `sbatch ended with ${status}`}`,
    );
  }
  return job;
}

function scriptOf(
  folder: string,
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
  options: readonly string[],
): string {
  const own = [
    `--job-name=rationale-${basename(folder)}`,
    `--chdir=${folder}`,
    `--output=${join(folder, RUN_FILES.log)}`,
    '--open-mode=append',
    '--requeue',
    // The trainer itself is told a minute before the time is up: it saves a checkpoint and ends.
    '--signal=B:TERM@60',
  ];
  return [
    '#!/bin/bash',
    ...[...own, ...options].map((option) => `#SBATCH ${shellWord(option)}`),
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`),
    `exec ${command.map(shellWord).join(' ')}`,
    '',
  ].join('\n');
}

/** Whether a cluster answers here: its programs alone may be there without one. */
export function hasSlurm(): boolean {
  return spawnSync('sinfo', ['-h'], { stdio: 'ignore', timeout: PATIENCE }).status === 0;
}

const asked = new Map<string, { readonly at: number; readonly state: JobState }>();

/** What SLURM says of a job; asked again, the same for a few seconds. */
export function jobState(job: string): JobState {
  const known = asked.get(job);
  if (known && performance.now() - known.at < ASK_EVERY) return known.state;
  const state = askQueue(job);
  asked.set(job, { at: performance.now(), state });
  return state;
}

function askQueue(job: string): JobState {
  const { stdout, stderr, status, error } = spawnSync('squeue', ['-h', '-j', job, '-o', '%T'], {
    encoding: 'utf8',
  });
  if (error) return 'gone';
  // A controller that does not answer says nothing of the job; one that no longer knows it says so.
  if (status !== 0) return /invalid job id/i.test(stderr) ? 'gone' : 'running';
  const state = stdout.trim().split('\n')[0] ?? '';
  if (state === 'PENDING') return 'waiting';
  return ALIVE.test(state) ? 'running' : 'gone';
}

/** Takes a job that has not begun out of the queue. */
export function cancelJob(job: string): void {
  execFileSync('scancel', [job]);
  asked.delete(job);
}
