/** How long it takes to work out every prompt of a matrix of 4 settings × 8 strategies × 3 formats on 200 records. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodingOf } from '../../server/src/core/decoding.ts';
import { AXES, Matrix } from '../../server/src/core/pipeline/matrix.ts';
import { Pipeline } from '../../server/src/core/pipeline.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import { readImageFacts } from '../../server/src/files/images.ts';
import { readSplits } from '../../server/src/files/splits.ts';
import { openStore } from '../../server/src/storage/sqlite-store.ts';

const sketchbook = resolve(import.meta.dirname, '../../samples/sketchbook');
const path = join(sketchbook, 'problems.json');
const text = readFileSync(path, 'utf8');
const prompt = {
  name: 'setting-3',
  text: readFileSync(join(sketchbook, 'prompts/setting-3.prompty'), 'utf8'),
};
const model = {
  id: 'none',
  name: 'None',
  provider: 'none',
  role: 'other',
  revision: '1',
  description: '',
} as const;

/** Seconds for a matrix on a dataset that was just opened, and how many prompts it worked out. */
function once(): [seconds: number, prompts: number] {
  const image = (record: Parameters<typeof readImageFacts>[1]) => readImageFacts(path, record);
  const around = { path, image, splits: readSplits(path).splits, rules: {} };
  const pipeline = new Pipeline(DatasetDocument.create(text), around, openStore(':memory:'));
  const start = performance.now();
  const matrix = new Matrix(pipeline, {
    ...{ prompt, models: [model], decoding: decodingOf({}), split: 'test', sample: { n: 200, seed: 0 } },
    axes: {
      settings: AXES.settings,
      strategies: AXES.strategies.filter((strategy) => strategy !== 'as-written'),
      formats: AXES.formats,
      orders: ['answer-last'],
    },
    ...{ racing: false, variations: [] },
  });
  return [(performance.now() - start) / 1000, matrix.total];
}

const [cold, prompts] = once();
const warm = Array.from({ length: 5 }, () => once()[0]).sort((a, b) => a - b)[2] as number;
console.log(
  `${prompts.toLocaleString('en')} prompts: ${cold.toFixed(2)} s the first time, ${warm.toFixed(2)} s then (median of 5); ${((1e6 * warm) / prompts).toFixed(0)} µs a prompt. To reach: 2 s on one core.`,
);
