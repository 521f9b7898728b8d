/**
 * Records per second of the embedded teacher on the sample's test split, setting 1, one thread: our decode loop
 * through the provider (model host and its messages included) against Hugging Face `generate` on the same weights.
 * Both clocks run from the requests to the last answer: reading and resizing images, rendering prompts into
 * tokens, the vision encoder, decoding, text; loading the model is not counted. Every measurement of ours starts
 * a fresh host, so no image feature is remembered from the one before. The two take turns, and the best of each
 * counts: ours has one batch size, Hugging Face gets several. One thread is what the models run on; ours decodes
 * image files beside it, in sharp's threads.
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createProviders } from '../../server/src/inference/index.ts';
import { recordIds, requestFor, sample, shippedModels } from '../server/inference-fixtures.ts';

const MODEL = 'teacher';
const BATCHES = [8, 16, 64];
const MAX_NEW_TOKENS = 160;
const TARGET = 3;
const root = resolve(import.meta.dirname, '../..');
const python = join(root, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

interface Measured {
  readonly recordsPerSecond: number;
  readonly outputs: ReadonlyMap<string, string>;
}

async function ours(): Promise<Measured> {
  const [provider] = createProviders({ shippedModels, device: 'cpu', named: [] });
  const card = (await provider?.list())?.find(({ id }) => id === `sketchbook-${MODEL}`);
  if (!provider || !card || card.unavailable)
    throw new Error(card?.unavailable ?? 'The embedded teacher is not there.');
  const model = await provider.open(card, (sentence) => console.log(sentence));
  if (model.device !== 'CPU (1 thread)')
    throw new Error(`The comparison is of one thread each, not of ${model.device}.`);
  const outputs = new Map<string, string>();
  const began = performance.now();
  const requests = recordIds('test').map((id) => requestFor(id));
  const decoding = { maxNewTokens: MAX_NEW_TOKENS, temperature: 0 } as const;
  for await (const { key, output, error } of model.generate(
    requests,
    decoding,
    new AbortController().signal,
  )) {
    if (error) throw new Error(error);
    outputs.set(key, output);
  }
  const seconds = (performance.now() - began) / 1000;
  await model.close();
  return { recordsPerSecond: outputs.size / seconds, outputs };
}

function huggingFace(batch: number): Measured {
  const folder = [
    '--model',
    join(shippedModels, MODEL),
    '--dataset',
    join(sample, 'problems.json'),
    '--split',
    'test',
  ];
  const { stdout, stderr, status } = spawnSync(
    python,
    [
      '-m',
      'rationale_trainer',
      'generate',
      ...folder,
      '--setting',
      '1',
      '--batch',
      String(batch),
      '--threads',
      '1',
    ],
    { env: { ...process.env, PYTHONPATH: join(root, 'trainer') }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { recordsPerSecond } = lines.pop();
  return { recordsPerSecond, outputs: new Map(lines.map(({ id, output }) => [id, output])) };
}

const rate = ({ recordsPerSecond }: Measured) => recordsPerSecond.toFixed(1);
const mine: Measured[] = [];
const theirs: Measured[] = [];
for (const batch of BATCHES) {
  const [own, other] = [await ours(), huggingFace(batch)];
  mine.push(own);
  theirs.push(other);
  const same = [...own.outputs].filter(([id, output]) => other.outputs.get(id) === output).length;
  console.log(
    `ours ${rate(own)} records/s; Hugging Face, batch ${batch}, ${rate(other)} records/s; ${same} of ${own.outputs.size} outputs equal`,
  );
}
const best = (all: readonly Measured[]) => Math.max(...all.map(({ recordsPerSecond }) => recordsPerSecond));
const ratio = Math.round((100 * best(mine)) / best(theirs)) / 100;
console.log(
  JSON.stringify({
    name: 'embedded teacher, records per second against Hugging Face generate',
    ratio,
    target: TARGET,
    ok: ratio >= TARGET,
  }),
);
