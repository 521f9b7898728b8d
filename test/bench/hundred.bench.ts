/**
 * Records per second of a random LLaVA of a hundred million parameters, in single precision and with 8-bit weights,
 * through the provider against Hugging Face `generate` in single precision on the same weights: as many threads each, the
 * sample's test records, setting 1, a fixed number of new tokens. The two take turns; the best of each counts. The share
 * of outputs that 8-bit weights change is printed beside: of random weights, so more than a trained model's.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createProviders } from '../../server/src/inference/index.ts';
import { recordIds, requestFor, sample, shippedModels } from '../server/inference-fixtures.ts';

const RECORDS = 16;
const NEW_TOKENS = 48;
const BATCHES = [8, 16];
const TARGETS = { onnx: 1.5, 'onnx-int8': 4 } as const;
const root = resolve(import.meta.dirname, '../..');
const python = join(root, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const folder = join(tmpdir(), 'rationale-bench-hundred');

/** Of the provider's choice; Hugging Face gets as many. */
let threads = '1';

interface Measured {
  readonly recordsPerSecond: number;
  readonly outputs: Readonly<Record<string, string>>;
}

function trainer(...args: string[]): string {
  const env = { ...process.env, PYTHONPATH: join(root, 'trainer'), OMP_NUM_THREADS: threads };
  const { stdout, stderr, status } = spawnSync(
    python,
    ['-m', 'rationale_trainer', 'hundred', folder, ...args],
    {
      env,
      encoding: 'utf8',
      maxBuffer: 1e8,
    },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function huggingFace(batch: number): Measured {
  const dataset = ['--dataset', join(sample, 'problems.json'), '--limit', String(RECORDS)];
  const stdout = trainer(...dataset, '--batch', String(batch), '--new-tokens', String(NEW_TOKENS));
  return JSON.parse(stdout.trim().split('\n').at(-1) as string);
}

async function ours(name: keyof typeof TARGETS): Promise<Measured> {
  const path = join(folder, name);
  const [provider] = createProviders({ shippedModels, device: 'cpu', named: [path] });
  const card = (await provider?.list())?.find(({ id }) => id === path);
  if (!provider || !card || card.unavailable) throw new Error(card?.unavailable ?? `${path} is not there.`);
  const model = await provider.open(card, () => {});
  threads = model.device.match(/\d+/)?.[0] ?? '1';
  const outputs: Record<string, string> = {};
  const began = performance.now();
  const requests = recordIds('test')
    .slice(0, RECORDS)
    .map((id) => requestFor(id));
  const decoding = { maxNewTokens: NEW_TOKENS, temperature: 0 } as const;
  for await (const { key, output, error } of model.generate(
    requests,
    decoding,
    new AbortController().signal,
  )) {
    if (error) throw new Error(error);
    outputs[key] = output;
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(`${name} on ${model.device}: ${(RECORDS / seconds).toFixed(2)} records/s`);
  await model.close();
  return { recordsPerSecond: RECORDS / seconds, outputs };
}

if (!existsSync(join(folder, 'onnx-int8', 'config.json'))) trainer();
const theirs: Measured[] = [];
const mine = { onnx: [] as Measured[], 'onnx-int8': [] as Measured[] };
for (const batch of BATCHES) {
  for (const name of ['onnx', 'onnx-int8'] as const) mine[name].push(await ours(name));
  const other = huggingFace(batch);
  theirs.push(other);
  console.log(`Hugging Face, batch ${batch}: ${other.recordsPerSecond.toFixed(2)} records/s`);
}
const best = (all: readonly Measured[]) => Math.max(...all.map(({ recordsPerSecond }) => recordsPerSecond));
const letter = (output = '') => output.match(/[A-E]/g)?.at(-1);
const [reference] = theirs;
for (const [name, target] of Object.entries(TARGETS) as [keyof typeof TARGETS, number][]) {
  const ratio = Math.round((100 * best(mine[name])) / best(theirs)) / 100;
  const pairs = Object.entries(mine[name][0]?.outputs ?? {}).map(([id, output]) => [
    output,
    reference?.outputs[id],
  ]);
  const changed = pairs.filter(([one, other]) => one !== other).length / pairs.length;
  const flipped = pairs.filter(([one, other]) => letter(one) !== letter(other)).length / pairs.length;
  console.log(
    JSON.stringify({
      name: `random LLaVA of 100 M parameters, ${name}, records per second against Hugging Face generate`,
      ratio,
      target,
      ok: ratio >= target,
      changed,
      flipped,
    }),
  );
}
