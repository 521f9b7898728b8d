/**
 * What a record costs a random LLaVA of a hundred million parameters, in single precision and with 8-bit weights, in the
 * model host, against
 * - Hugging Face `generate` in single precision on the same weights, at its better batch size;
 * - a plain decode loop in ONNX Runtime's Python over the same graph and as many rows of the longest prompt's length.
 *
 * The cost is processor time with one thread each, which other work on the machine changes less than it does the clock.
 * All take turns; the best of each counts. The share of outputs that 8-bit weights change is printed beside: of random
 * weights, so more than a trained model's.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Prediction } from '../../server/src/core/models/types.ts';
import { ImageFeatures } from '../../server/src/inference/onnx/host/features.ts';
import { generate } from '../../server/src/inference/onnx/host/generate.ts';
import { loadModel } from '../../server/src/inference/onnx/host/load.ts';
import { recordIds, requestFor, sample } from '../server/inference-fixtures.ts';

const RECORDS = 16;
const NEW_TOKENS = 48;
const BATCHES = [8, 16];
const TARGETS = { onnx: 1.5, 'onnx-int8': 4 } as const;
/** Times the seconds of the loop in Python that ours may take. */
const LOOP_TARGET = 1.15;
const EXPORTS = ['onnx', 'onnx-int8'] as const;
const root = resolve(import.meta.dirname, '../..');
const python = join(root, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const folder = join(tmpdir(), 'rationale-bench-hundred');

interface Measured {
  readonly seconds: number;
  readonly outputs: ReadonlyMap<string, string>;
}

function trainer(...args: string[]): string {
  const env = { ...process.env, PYTHONPATH: join(root, 'trainer'), OMP_NUM_THREADS: '1' };
  const command = ['-m', 'rationale_trainer', 'hundred', folder, ...args];
  const { stdout, stderr, status } = spawnSync(python, command, { env, encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function timed(...args: string[]): { readonly seconds: number; readonly outputs?: Record<string, string> } {
  const rows = ['--limit', String(RECORDS), '--new-tokens', String(NEW_TOKENS)];
  return JSON.parse(
    trainer(...rows, ...args)
      .trim()
      .split('\n')
      .at(-1) as string,
  );
}

function huggingFace(batch: number): Measured {
  const { seconds, outputs } = timed('--dataset', join(sample, 'problems.json'), '--batch', String(batch));
  return { seconds, outputs: new Map(Object.entries(outputs ?? {})) };
}

async function ours(name: (typeof EXPORTS)[number]): Promise<Measured & { readonly longest: number }> {
  const model = await loadModel(join(folder, name), { kind: 'cpu', threads: 1 });
  const features = new ImageFeatures(model.sessions, model.images);
  const requests = recordIds('test')
    .slice(0, RECORDS)
    .map((id) => requestFor(id));
  const found: Prediction[] = [];
  const begun = process.cpuUsage();
  await generate(
    model,
    features,
    requests,
    { maxNewTokens: NEW_TOKENS, temperature: 0 },
    {
      working: () => {},
      predictions: (predictions) => found.push(...predictions),
      partials: null,
      alive: () => {},
    },
  );
  const { user, system } = process.cpuUsage(begun);
  const failed = found.find(({ error }) => error);
  if (failed) throw new Error(failed.error);
  return {
    seconds: (user + system) / 1e6,
    outputs: new Map(found.map(({ key, output }) => [key, output])),
    longest: Math.max(...found.map(({ usage }) => usage.promptTokens)),
  };
}

const best = (all: readonly Pick<Measured, 'seconds'>[]) => Math.min(...all.map(({ seconds }) => seconds));
const letter = (output = '') => output.match(/[A-E]/g)?.at(-1);
const rounded = (value: number) => Math.round(100 * value) / 100;
const say = (name: string, seconds: number) =>
  console.log(`${name}: ${(RECORDS / seconds).toFixed(2)} records for a second of processor time`);

if (!existsSync(join(folder, 'onnx-int8', 'config.json'))) trainer();
const theirs: Measured[] = [];
const mine = { onnx: [] as Measured[], 'onnx-int8': [] as Measured[] };
const loops = { onnx: [] as { seconds: number }[], 'onnx-int8': [] as { seconds: number }[] };
for (const batch of BATCHES) {
  for (const name of EXPORTS) {
    const one = await ours(name);
    mine[name].push(one);
    say(name, one.seconds);
    const loop = timed('--decoder', name, '--prompt', String(one.longest));
    loops[name].push(loop);
    say(`${name}, the loop in Python`, loop.seconds);
  }
  const other = huggingFace(batch);
  theirs.push(other);
  say(`Hugging Face, batch ${batch}`, other.seconds);
}
const [reference] = theirs;
for (const name of EXPORTS) {
  const ratio = rounded(best(theirs) / best(mine[name]));
  const pairs = [...(mine[name][0]?.outputs ?? [])].map(([id, output]) => [
    output,
    reference?.outputs.get(id),
  ]);
  const changed = pairs.filter(([one, other]) => one !== other).length / pairs.length;
  const flipped = pairs.filter(([one, other]) => letter(one) !== letter(other)).length / pairs.length;
  const target = TARGETS[name];
  console.log(
    JSON.stringify({
      name: `random LLaVA of 100 M parameters, ${name}, records for a second of processor time against Hugging Face generate`,
      ...{ ratio, target, ok: ratio >= target, changed, flipped },
    }),
  );
  const loop = rounded(best(mine[name]) / best(loops[name]));
  console.log(
    JSON.stringify({
      name: `${name}, records with their pictures in Node against the decode loop alone in ONNX Runtime's Python, processor time`,
      ...{ ratio: loop, target: LOOP_TARGET, ok: loop <= LOOP_TARGET },
    }),
  );
}
