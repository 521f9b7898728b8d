/**
 * Training: a step against a bare PyTorch loop on the same batches, and a frozen-vision epoch against TRL's SFTTrainer
 * on the same model and data (a small text model behind a vision tower of 12 layers). One thread.
 * Python: the environment of `RATIONALE_GOLDENS_PYTHON` (else `.venv`); TRL is in trainer/requirements-goldens.txt.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const STEP = 1.05;
const EPOCH = 1.5;
const root = resolve(import.meta.dirname, '../..');
const ownPython = join(root, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const python = process.env.RATIONALE_GOLDENS_PYTHON ?? ownPython;
const env = { ...process.env, PYTHONPATH: join(root, 'trainer'), OMP_NUM_THREADS: '1' };

function timed(what: string, folder: string): Record<string, number> {
  const command = ['-m', 'rationale_trainer.time_training', what, folder];
  const { status, stdout, stderr } = spawnSync(python, command, { cwd: root, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string);
}

function print(
  name: string,
  ratio: number,
  target: number,
  ok: boolean,
  figures: Record<string, number>,
): void {
  const rounded = Object.entries(figures).map(([key, value]) => [key, Number(value.toPrecision(3))]);
  console.log(
    JSON.stringify({ name, ratio: Number(ratio.toFixed(3)), target, ok, ...Object.fromEntries(rounded) }),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'rationale-training-'));
try {
  const step = timed('loop', folder);
  const cost = (step.ours ?? 0) / (step.bare ?? 1);
  print('seconds of a training step, times those of a bare PyTorch loop', cost, STEP, cost <= STEP, step);
  if (spawnSync(python, ['-c', 'import trl, datasets']).status === 0) {
    const epoch = timed('trl', folder);
    const speed = (epoch.ours ?? 0) / (epoch.trl ?? 1);
    print("records a second of a frozen-vision epoch, times TRL's", speed, EPOCH, speed >= EPOCH, epoch);
  } else {
    console.log(`skipped TRL: ${python} lacks the packages of trainer/requirements-goldens.txt.`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
