/**
 * What eight samples of a record cost against one, embedded teacher, setting 1, one thread, temperature 0.8. The
 * samples of a record share its image features and its prompt's cache, and their tokens are decoded side by side.
 * The records are asked one after the other, as when somebody looks at one record; each time one sample and eight of
 * it take turns, the image never seen before by the host. In a run over many records the batches are full either way,
 * which is the second ratio.
 */
import { join } from 'node:path';
import type { ModelRequest } from '../../server/src/core/models/types.ts';
import { ImageFeatures } from '../../server/src/inference/onnx/host/features.ts';
import { generate } from '../../server/src/inference/onnx/host/generate.ts';
import { loadModel } from '../../server/src/inference/onnx/host/load.ts';
import { recordIds, requestFor, shippedModels } from '../server/inference-fixtures.ts';

const SAMPLES = 8;
const RECORDS = 40;
const ROUNDS = 3;
const TARGET = 3;
const DECODING = { maxNewTokens: 160, temperature: 0.8, topP: 1, seed: 1, samples: SAMPLES };

const model = await loadModel(join(shippedModels, 'teacher'), { kind: 'cpu', threads: 1 });

function requests(ids: readonly string[], samples: number): ModelRequest[] {
  return ids.flatMap((id) => {
    const request = requestFor(id);
    return Array.from({ length: samples }, (_, sample) => ({ ...request, key: `${id}/${sample}`, sample }));
  });
}

/** Seconds that these take on a host that has seen no image yet. */
async function seconds(asked: readonly ModelRequest[]): Promise<number> {
  const began = performance.now();
  let answered = 0;
  await generate(model, new ImageFeatures(model.sessions, model.images), asked, DECODING, {
    working: () => {},
    alive: () => {},
    partials: null,
    predictions: (predictions) => {
      answered += predictions.length;
    },
  });
  if (answered !== asked.length) throw new Error(`${answered} of ${asked.length} requests were answered.`);
  return (performance.now() - began) / 1000;
}

const ids = recordIds('test').slice(0, RECORDS);
const ratios: number[] = [];
await seconds(requests(ids.slice(0, 2), SAMPLES));
for (let round = 0; round < ROUNDS; round++) {
  let one = 0;
  let eight = 0;
  for (const id of ids) {
    one += await seconds(requests([id], 1));
    eight += await seconds(requests([id], SAMPLES));
  }
  const [oneFull, eightFull] = [await seconds(requests(ids, 1)), await seconds(requests(ids, SAMPLES))];
  ratios.push(eight / one);
  console.log(
    `record by record, ${SAMPLES} samples cost ${(eight / one).toFixed(2)} × one; ${RECORDS} records at once, ${(eightFull / oneFull).toFixed(2)} ×`,
  );
}
const [, median = 0] = ratios.toSorted((a, b) => a - b);
const ratio = Math.round(100 * median) / 100;
console.log(
  JSON.stringify({
    name: 'eight samples of a record against one',
    ratio,
    target: TARGET,
    ok: ratio <= TARGET,
  }),
);
