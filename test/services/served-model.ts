/** `transformers serve`, a real server that nobody here wrote, with the embedded teacher's weights. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { shippedModels } from '../server/inference-fixtures.ts';

const root = resolve(import.meta.dirname, '../..');
const isWindows = process.platform === 'win32';
const bin = join(root, '.venv', isWindows ? 'Scripts' : 'bin');
const python = join(bin, isWindows ? 'python.exe' : 'python');

/** With which it finds the trainer. */
export const VARIABLES = { PYTHONPATH: join(root, 'trainer'), OMP_NUM_THREADS: '1', PYTHONUTF8: '1' };

/** Python that writes a model of the embedded pair as a folder of Hugging Face weights. */
export const UNPACK =
  'import sys; from pathlib import Path; from rationale_trainer.families import load; load(Path(sys.argv[1])).save(Path(sys.argv[2]))';

/** Skips the test where the trainer's Python environment, or a part of it, is not there. */
export function needsPython(context: Mocha.Context): void {
  const probe =
    existsSync(python) && spawnSync(python, ['-c', 'import fastapi, openai, torch, transformers, uvicorn']);
  if (probe && probe.status === 0) return;
  process.stderr.write(
    '    skipped: the trainer’s Python environment is not there; `node scripts/setup.mjs --python` makes it\n',
  );
  context.skip();
}

/** Runs the trainer's Python, and gives what it prints. */
export function runPython(...args: string[]): string {
  const env = { ...process.env, ...VARIABLES, HF_HUB_OFFLINE: '1' };
  const { status, stdout, stderr } = spawnSync(python, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

export class ServedModel {
  /** What the server calls the model. */
  readonly name: string;
  readonly url: string;
  private readonly folder: string;
  private readonly server: ChildProcess;

  private constructor(folder: string, name: string, port: number) {
    this.folder = folder;
    this.name = name;
    this.url = `http://127.0.0.1:${port}/v1`;
    const cache = join(folder, 'hub');
    mkdirSync(cache);
    this.server = spawn(
      join(bin, isWindows ? 'transformers.exe' : 'transformers'),
      ['serve', name, '--device', 'cpu', '--host', '127.0.0.1', '--port', String(port)],
      {
        stdio: 'ignore',
        env: { ...process.env, HF_HUB_CACHE: cache, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' },
      },
    );
  }

  static async start(): Promise<ServedModel> {
    const folder = mkdtempSync(join(tmpdir(), 'rationale-served-'));
    const name = join(folder, 'teacher');
    runPython('-c', UNPACK, join(shippedModels, 'teacher'), name);
    const served = new ServedModel(folder, name, await freePort());
    await served.healthy();
    return served;
  }

  close(): void {
    this.server.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private async healthy(): Promise<void> {
    const health = new URL('/health', this.url);
    for (;;) {
      if (this.server.exitCode !== null)
        throw new Error(`transformers serve ended with ${this.server.exitCode}.`);
      const response = await fetch(health).catch(() => null);
      if (response?.ok) return;
      await wait(200);
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => found(port));
    });
  });
}
