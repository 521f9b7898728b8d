/**
 * What it gains to read once what the prompts of a batch begin with: the embedded student with the shipped prompt
 * `svrd-student`, whose 315 tokens of system message come before the picture, one thread. The settings' own
 * prompts begin with the picture, and gain nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPromptFile } from '../../server/src/core/prompts/prompt-file.ts';
import { loadModel } from '../../server/src/inference/onnx/host/load.ts';
import { promptRequest, recordIds, sample, shippedModels } from '../server/inference-fixtures.ts';
import { inTurns } from './in-turns.ts';

const TARGET = 1.3;
const NAME = 'svrd-student.prompty';
const file = readPromptFile(readFileSync(join(sample, 'prompts', NAME), 'utf8'), NAME);
const requests = recordIds('test').map((id) => promptRequest(id, file));
const together = () => loadModel(join(shippedModels, 'student'), { kind: 'cpu', threads: 1 });
const apart = async () => {
  const model = await together();
  const decoder = { ...model.sessions.decoder, sharesBeginnings: false };
  return { ...model, sessions: { ...model.sessions, decoder } };
};

const ratio = await inTurns(
  { name: 'each by itself', load: apart, requests },
  { name: 'beginning shared', load: together, requests },
  { maxNewTokens: 160, temperature: 0 },
);
console.log(
  JSON.stringify({
    name: 'svrd-student, records per second with a shared beginning against each prompt by itself',
    ratio,
    target: TARGET,
    ok: ratio >= TARGET,
  }),
);
