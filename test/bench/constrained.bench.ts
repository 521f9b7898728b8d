/**
 * What it costs to hold outputs to their format: records per second of the embedded teacher, setting 1, one thread,
 * held to its stages against free, in turns. Seconds are the processor's: what else this machine does counts for
 * neither. The teacher keeps to the format by itself, so both write the same tokens. The automaton and the tokens'
 * spelling are worked out anew in every round, as in every run.
 */
import { join } from 'node:path';
import type { ModelRequest } from '../../server/src/core/models/types.ts';
import { constraintOf } from '../../server/src/core/pipeline/constraints.ts';
import { ImageFeatures } from '../../server/src/inference/onnx/host/features.ts';
import { generate } from '../../server/src/inference/onnx/host/generate.ts';
import { loadModel } from '../../server/src/inference/onnx/host/load.ts';
import { recordIds, requestFor, shippedModels } from '../server/inference-fixtures.ts';

const ROUNDS = 5;
const TARGET = 0.9;
const DECODING = { maxNewTokens: 160, temperature: 0 };
const constraint = constraintOf({ strategy: null, format: 'stages', order: 'answer-last' }, 4);

interface Measured {
  readonly recordsPerSecond: number;
  readonly outputs: ReadonlyMap<string, string>;
}

/** On a host that has loaded its model and done nothing else yet. */
async function measure(asked: readonly ModelRequest[]): Promise<Measured> {
  const model = await loadModel(join(shippedModels, 'teacher'), { kind: 'cpu', threads: 1 });
  const outputs = new Map<string, string>();
  const before = process.cpuUsage();
  await generate(model, new ImageFeatures(model.sessions, model.images), asked, DECODING, {
    working: () => {},
    alive: () => {},
    partials: null,
    predictions: (predictions) => {
      for (const { key, output, error } of predictions) {
        if (error) throw new Error(error);
        outputs.set(key, output);
      }
    },
  });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  return { recordsPerSecond: outputs.size / seconds, outputs };
}

const free = recordIds('test').map((id) => requestFor(id));
const held = free.map((request) => ({ ...request, constraint }));
await measure(free.slice(0, 16));
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const [one, other] = [await measure(free), await measure(held)];
  const ratio = other.recordsPerSecond / one.recordsPerSecond;
  const same = [...one.outputs].filter(([key, output]) => other.outputs.get(key) === output).length;
  console.log(
    `free ${one.recordsPerSecond.toFixed(1)} records/s, held ${other.recordsPerSecond.toFixed(1)}: ${ratio.toFixed(2)} ×; ${same} of ${one.outputs.size} outputs equal`,
  );
  ratios.push(ratio);
}
const median = ratios.toSorted((a, b) => a - b)[(ROUNDS - 1) / 2] as number;
const ratio = Math.round(100 * median) / 100;
console.log(
  JSON.stringify({
    name: 'embedded teacher, records per second held to its format against free',
    ratio,
    target: TARGET,
    ok: ratio >= TARGET,
  }),
);
