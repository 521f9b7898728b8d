import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { rationale as stages } from './sample-dataset.ts';

/** The command line as it is shipped: `npm run check` and `npm test` build it first. It starts five times as fast as the sources. */
export const CLI = join(resolve(import.meta.dirname, '../..'), 'dist/cli.js');

/** A folder of its own, with a store of its own, in which commands run. */
export class CliSession {
  readonly folder = mkdtempSync(join(tmpdir(), 'rationale-cli-'));
  readonly environment: NodeJS.ProcessEnv = {
    ...process.env,
    RATIONALE_STORE: join(this.folder, 'store.sqlite'),
    // Whoever runs the tests may have models there.
    HF_HUB_CACHE: join(this.folder, 'hub'),
  };

  run(...args: string[]) {
    const { folder: cwd, environment: env } = this;
    return spawnSync(process.execPath, [CLI, ...args], { cwd, env, encoding: 'utf8' });
  }

  /** Without blocking this process, in which a server may run that the command asks. */
  async runBeside(...args: string[]) {
    const { folder: cwd, environment: env } = this;
    const child = spawn(process.execPath, [CLI, ...args], { cwd, env });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { stdout, stderr, status };
  }

  /** Writes a file, with the folders above it, and gives its path. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** A scripted model that answers B everywhere, except where told otherwise. */
  scripted(count: number, change: Record<string, object> = {}, name = 'scripted.jsonl'): string {
    const lines = Array.from({ length: count }, (_, n) => ({
      match: `number ${n}?`,
      output: stages('B'),
      ...change[`r${n}`],
    }));
    return `scripted:${this.write(name, lines.map((line) => JSON.stringify(line)).join('\n'))}`;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
