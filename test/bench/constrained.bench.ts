/**
 * What it costs to hold outputs to their format: the embedded teacher, setting 1, one thread, held to its stages
 * against free. The teacher keeps to the format by itself, so both write the same tokens. The automaton and the
 * tokens' spelling are worked out anew in every round, as in every run.
 */
import { join } from 'node:path';
import { constraintOf } from '../../server/src/core/pipeline/constraints.ts';
import { loadModel } from '../../server/src/inference/onnx/host/load.ts';
import { recordIds, requestFor, shippedModels } from '../server/inference-fixtures.ts';
import { inTurns } from './in-turns.ts';

const TARGET = 0.9;
const constraint = constraintOf({ strategy: null, format: 'stages', order: 'answer-last' }, 4);
const load = () => loadModel(join(shippedModels, 'teacher'), { kind: 'cpu', threads: 1 });
const requests = recordIds('test').map((id) => requestFor(id));

const ratio = await inTurns(
  { name: 'free', load, requests },
  { name: 'held', load, requests: requests.map((request) => ({ ...request, constraint })) },
  { maxNewTokens: 160, temperature: 0 },
);
console.log(
  JSON.stringify({
    name: 'embedded teacher, records per second held to its format against free',
    ratio,
    target: TARGET,
    ok: ratio >= TARGET,
  }),
);
