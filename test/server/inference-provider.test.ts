import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelCard, Prediction } from '../../server/src/core/models/types.ts';
import type { HostedModel } from '../../server/src/inference/hosts/model.ts';
import { createProviders, type DeviceSetting } from '../../server/src/inference/index.ts';
import { needsPair, recordIds, requestFor, shippedModels } from './inference-fixtures.ts';

const DECODING = { maxNewTokens: 24, temperature: 0 } as const;

function providerFor(named: readonly string[], models = shippedModels, device: DeviceSetting = 'cpu') {
  const [provider] = createProviders({ shippedModels: models, device, named });
  assert.ok(provider);
  return provider;
}

async function cardFor(name: string): Promise<ModelCard> {
  const card = (await providerFor([name]).list()).find(({ id }) => id === name);
  assert.ok(card, `no card for ${name}`);
  return card;
}

describe('the onnx provider', function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rationale-model-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const copyOfTeacher = () => {
    cpSync(join(shippedModels, 'teacher'), folder, { recursive: true, dereference: true });
    return folder;
  };

  it('offers the shipped models and the folders that are named', async function () {
    needsPair(this);
    const cards = await providerFor([copyOfTeacher(), 'no-such-folder', 'scripted:answers.jsonl']).list();
    assert.deepEqual(
      cards.map(({ id, role }) => [id, role]),
      [
        ['sketchbook-teacher', 'teacher'],
        ['sketchbook-base', 'base'],
        ['sketchbook-student', 'student'],
        [folder, 'other'],
      ],
    );
    assert.deepEqual(
      cards.filter(({ unavailable }) => unavailable),
      [],
    );
    assert.equal(cards[0]?.revision, cards[3]?.revision, 'the same contents have the same revision');
  });

  it('tells a watcher what each answer is so far, which the answer then goes on from', async function () {
    needsPair(this);
    const model = await providerFor([]).open(await cardFor('sketchbook-teacher'), () => {});
    const ids = recordIds('val').slice(0, 2);
    const written = new Map<string, string[]>(ids.map((id) => [id, []]));
    const told = new Set<string>();
    try {
      const requests = ids.map((id) => requestFor(id));
      const decoding = { ...DECODING, maxNewTokens: 120 };
      const { signal } = new AbortController();
      for await (const { key, output } of model.generate(requests, decoding, signal, (partial) => {
        assert.ok(!told.has(partial.key), `${partial.key} had ended`);
        written.get(partial.key)?.push(partial.output);
      })) {
        told.add(key);
        const partials = written.get(key) ?? [];
        assert.ok(
          partials.some((partial) => partial !== '' && partial !== output),
          `nothing was told of ${key}`,
        );
        for (const [index, partial] of [...partials, output].entries()) {
          assert.ok(
            partial.startsWith(partials[index - 1] ?? ''),
            `${partials[index - 1]} became ${partial}`,
          );
        }
      }
    } finally {
      await model.close();
    }
    assert.equal(told.size, ids.length);
  });

  it('gives a model another revision when a file of it changes', async function () {
    needsPair(this);
    const { revision } = await cardFor(copyOfTeacher());
    assert.match(revision, /^[0-9a-f]{64}$/);
    const path = join(folder, 'tokenizer_config.json');
    writeFileSync(path, `${readFileSync(path, 'utf8')}\n`);
    assert.notEqual((await cardFor(folder)).revision, revision);
  });

  it('says which file of a model is missing', async function () {
    needsPair(this);
    copyOfTeacher();
    rmSync(join(folder, 'onnx', 'vision_encoder.onnx'));
    const { unavailable } = await cardFor(folder);
    assert.equal(
      unavailable,
      `${folder} cannot run: the file onnx/vision_encoder.onnx is missing in ${folder}.`,
    );
  });

  for (const [what, config, sentence] of [
    ['no config.json', null, 'is not a model folder: it has no config.json.'],
    ['a config.json that is not JSON', '{', 'is not JSON.'],
    [
      'a model of another kind',
      '{"model_type":"bert"}',
      'describes a model of type "bert", which does not run here; the types are llava, llava_next, llava_onevision, llava_qwen2, qwen2_vl, qwen2_5_vl, paligemma, idefics3, smolvlm, moondream1, phi3_v.',
    ],
  ] as const) {
    it(`says that a folder cannot run which has ${what}`, async () => {
      if (config !== null) writeFileSync(join(folder, 'config.json'), config);
      const { unavailable = '' } = await cardFor(folder);
      assert.ok(unavailable.endsWith(sentence), unavailable);
    });
  }

  it('says which file cannot be loaded when a graph is cut short', async function () {
    needsPair(this);
    const path = join(copyOfTeacher(), 'onnx', 'decoder_model_merged.onnx');
    truncateSync(path, 100_000);
    const card = await cardFor(folder);
    await assert.rejects(
      providerFor([folder]).open(card, () => {}),
      (error: Error) => {
        assert.ok(error.message.startsWith(`The model file ${path} cannot be loaded: `), error.message);
        assert.ok(!error.message.includes('\n'));
        return true;
      },
    );
  });

  it('goes on when its host is killed in the middle: every record exactly once, every answer the same', async function () {
    needsPair(this);
    const card = await cardFor('sketchbook-teacher');
    const notices: string[] = [];
    const model = (await providerFor([]).open(card, (sentence) => notices.push(sentence))) as HostedModel;
    assert.equal(model.device, 'CPU (1 thread)');
    // Several batches: when the first answer arrives, the host has others still to work on.
    const requests = recordIds('test')
      .slice(0, 96)
      .map((id) => requestFor(id));
    const collect = async (onPrediction: (n: number) => void) => {
      const found = new Map<string, Prediction>();
      for await (const prediction of model.generate(requests, DECODING, new AbortController().signal)) {
        assert.ok(!found.has(prediction.key), `${prediction.key} came twice`);
        found.set(prediction.key, prediction);
        onPrediction(found.size);
      }
      return found;
    };
    try {
      const undisturbed = await collect(() => {});
      assert.equal(undisturbed.size, requests.length);
      const disturbed = await collect((n) => n === 1 && process.kill(model.hostPid as number, 'SIGKILL'));
      assert.deepEqual(notices, ['The model host was ended by SIGKILL; another one goes on.']);
      for (const { key } of requests)
        assert.deepEqual(disturbed.get(key), undisturbed.get(key), `record ${key}`);
    } finally {
      await model.close();
    }
  });
});
