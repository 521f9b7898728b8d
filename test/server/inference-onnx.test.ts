import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { InferenceSession } from 'onnxruntime-node';
import sharp from 'sharp';
import type { Decoding, ModelRequest, Prediction } from '../../server/src/core/models/types.ts';
import type { Message } from '../../server/src/core/prompts/types.ts';
import { wholeDecoder } from '../../server/src/inference/onnx/host/decoder.ts';
import { ImageFeatures } from '../../server/src/inference/onnx/host/features.ts';
import { generate } from '../../server/src/inference/onnx/host/generate.ts';
import { type LoadedModel, loadModel } from '../../server/src/inference/onnx/host/load.ts';
import { expandImages } from '../../server/src/inference/onnx/host/prompt.ts';
import { OnnxTokenCounter } from '../../server/src/inference/onnx/token-counter.ts';
import {
  golden,
  imagePath,
  needsPair,
  recordIds,
  requestFor,
  sample,
  shippedModels,
  textRequest,
} from './inference-fixtures.ts';

interface PromptGolden {
  readonly prompt: string;
  readonly record: string;
  readonly messages: readonly {
    role: Message['role'];
    content: readonly { type: 'text' | 'image'; text?: string; image?: string }[];
  }[];
  readonly text: string;
  readonly input_ids: readonly number[];
}

interface OutputGolden {
  readonly model: string;
  readonly id: string;
  readonly input_ids: readonly number[];
  readonly tokens: readonly number[];
  readonly output: string;
}

const CPU = { kind: 'cpu', threads: 1 } as const;
const FAMILY = 'sketchbook-';

async function run(
  model: LoadedModel,
  requests: readonly ModelRequest[],
  maxNewTokens = 24,
  drawn: Pick<Decoding, 'topP' | 'seed' | 'temperature'> = { temperature: 0 },
  features = new ImageFeatures(model.sessions, model.images),
): Promise<Map<string, Prediction>> {
  const found = new Map<string, Prediction>();
  await generate(
    model,
    features,
    requests,
    { maxNewTokens, ...drawn },
    {
      working: () => {},
      alive: () => {},
      partials: null,
      predictions: (predictions) => {
        for (const prediction of predictions) {
          assert.ok(!found.has(prediction.key), `${prediction.key} came twice`);
          found.set(prediction.key, prediction);
        }
      },
    },
  );
  return found;
}

/** The beginning of a PNG file, which says how large the image is. */
function pngHead(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size[8] = 8;
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const pixels = chunk('IDAT', deflateSync(Buffer.alloc(64)));
  return Buffer.concat([signature, chunk('IHDR', size), pixels, chunk('IEND', Buffer.alloc(0))]);
}

describe('running a model folder', function () {
  this.timeout(120_000);
  let model: LoadedModel;
  let folder: string;

  before(async function () {
    needsPair(this);
    model = await loadModel(join(shippedModels, 'teacher'), CPU);
    folder = mkdtempSync(join(tmpdir(), 'rationale-onnx-'));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  it('turns messages into the text and the token ids that PyTorch sees, and counts them unopened', async function () {
    const lines = golden<PromptGolden>(this, 'prompts-golden.jsonl');
    assert.ok(lines.length >= 10);
    const counter = new OnnxTokenCounter(join(shippedModels, 'teacher'));
    const features = new ImageFeatures(model.sessions, model.images);
    for (const { prompt, record, messages, text, input_ids } of lines) {
      const ours: Message[] = messages.map(({ role, content }) => ({
        role,
        content: content.map((part) =>
          part.type === 'image'
            ? { type: 'image', path: join(sample, part.image ?? '') }
            : { type: 'text', text: part.text ?? '' },
        ),
      }));
      assert.equal(model.tokenizer.chatText(ours), text, `${prompt}, record ${record}`);
      const { imageToken } = model.vocabulary;
      const { ids, images } = model.tokenizer.tokenize(ours, imageToken);
      const found = await features.of(new Set(images));
      const encode = (text: string) => model.tokenizer.encode(text);
      const standing = images.map((path) => {
        const one = found.get(path);
        assert.ok(one && !(one instanceof Error), String(one));
        return model.images.standing(() => one.size, encode, one.count);
      });
      assert.deepEqual(expandImages(ids, imageToken, standing), input_ids, `${prompt}, record ${record}`);
      const image = input_ids.filter((id) => id === imageToken).length;
      assert.deepEqual(counter.count(ours), { total: input_ids.length, image });
    }
  });

  it('encodes each picture once, in however many settings its record is asked', async () => {
    const ids = recordIds('test').slice(0, 12);
    const pictures = new Set(ids.map(imagePath).filter((path) => path !== null));
    let encoded = 0;
    const { vision } = model.sessions;
    const counting = {
      inputNames: vision.inputNames,
      run: (feeds: InferenceSession.FeedsType) => {
        encoded += feeds[vision.inputNames[0] as string]?.dims[0] ?? 0;
        return vision.run(feeds);
      },
    };
    const sessions = { ...model.sessions, vision: counting as unknown as InferenceSession };
    const features = new ImageFeatures(sessions, model.images);
    for (const setting of [1, 2, 3, 4] as const) {
      const asked = ids.map((id) => requestFor(id, setting));
      assert.equal((await run(model, asked, 2, { temperature: 0 }, features)).size, ids.length);
    }
    assert.ok(pictures.size > 4);
    assert.equal(encoded, pictures.size);
  });

  it('answers in a batch of mixed lengths, with and without images, what it answers alone', async () => {
    const ids = recordIds('test').slice(0, 16);
    assert.ok(ids.some((id) => imagePath(id) === null) && ids.some((id) => imagePath(id) !== null));
    const together = await run(
      model,
      ids.map((id) => requestFor(id)),
    );
    assert.equal(together.size, ids.length);
    const lengths = new Set([...together.values()].map(({ usage }) => usage.promptTokens));
    assert.ok(
      lengths.size > 1 && lengths.size < ids.length,
      'the batch should hold equal and unequal lengths',
    );
    for (const id of ids.filter((_, i) => i % 3 === 0)) {
      assert.deepEqual(together.get(id), (await run(model, [requestFor(id)])).get(id), `record ${id}`);
    }
  });

  it('reads once what the prompts of a batch begin with, and answers as it does alone', async () => {
    const ids = recordIds('test').slice(0, 12);
    const system: Message = {
      role: 'system',
      content: [{ type: 'text', text: 'Look closely, then answer. '.repeat(8) }],
    };
    const asked = ids.map((id) => {
      const request = requestFor(id);
      return { ...request, messages: [system, ...request.messages] };
    });
    let tokens = 0;
    const { embeddings } = model.sessions;
    const counting = {
      of: (ids: readonly number[], rows: number) => {
        tokens += ids.length;
        return embeddings.of(ids, rows);
      },
    };
    const sessions = { ...model.sessions, embeddings: counting as unknown as typeof embeddings };
    const together = await run({ ...model, sessions }, asked, 40);
    const prompts = [...together.values()].reduce((sum, { usage }) => sum + usage.promptTokens, 0);
    const written = [...together.values()].reduce((sum, { usage }) => sum + usage.outputTokens, 0);
    assert.ok(tokens < written + prompts * 0.7, `${tokens} tokens were read of ${prompts} and ${written}`);
    for (const request of asked) {
      assert.deepEqual(together.get(request.key), (await run(model, [request], 40)).get(request.key));
    }
  });

  it('draws the same samples from the same seed, in whatever batch, and others from another seed', async () => {
    const ids = recordIds('test').slice(0, 4);
    const samplesOf = (id: string, n: number): ModelRequest[] =>
      Array.from({ length: n }, (_, sample) => ({ ...requestFor(id), key: `${id}/${sample}`, sample }));
    const drawn = { temperature: 1.5, topP: 0.95, seed: 5 };
    const together = await run(
      model,
      ids.flatMap((id) => samplesOf(id, 4)),
      48,
      drawn,
    );
    assert.equal(together.size, 16);
    for (const id of ids) {
      const [, , third] = samplesOf(id, 4) as [ModelRequest, ModelRequest, ModelRequest];
      assert.deepEqual(together.get(third.key), (await run(model, [third], 48, drawn)).get(third.key));
    }
    const outputs = (found: Map<string, Prediction>) => [...found.values()].map(({ output }) => output);
    assert.ok(new Set(outputs(together)).size > ids.length, 'samples should differ');
    const [id = ''] = ids;
    const others = await run(model, samplesOf(id, 4), 48, { ...drawn, seed: 6 });
    assert.notDeepEqual(outputs(others), outputs(await run(model, samplesOf(id, 4), 48, drawn)));
    const greedy = await run(model, [requestFor(id)], 48);
    const cold = await run(model, samplesOf(id, 2), 48, { temperature: 0.001, seed: 9 });
    assert.deepEqual(
      new Set(outputs(cold)),
      new Set(outputs(greedy)),
      'almost no temperature is almost greedy',
    );
  });

  it('writes the same where a graph gives back its whole cache: on a GPU, or with attention that knows no padding', async () => {
    const { session, layout } = model.sessions.decoder;
    assert.ok(
      session.outputNames.every((name) => !name.startsWith('present')),
      'the teacher should run with fresh outputs',
    );
    const untouched = await InferenceSession.create(
      join(shippedModels, 'teacher', 'onnx', 'decoder_model_merged.onnx'),
    );
    const requests = recordIds('test')
      .slice(0, 12)
      .map((id) => requestFor(id));
    const fresh = await run(model, requests);
    // With stand-ins too, as devices want them that take no product with nothing to sum.
    for (const hasStandIns of [false, true]) {
      const decoder = wholeDecoder(untouched, layout, hasStandIns);
      assert.equal(decoder.mayPad, false);
      const whole = await run({ ...model, sessions: { ...model.sessions, decoder } }, requests);
      for (const { key } of requests) assert.deepEqual(whole.get(key), fresh.get(key), `record ${key}`);
    }
  });

  for (const name of ['teacher', 'base', 'student']) {
    it(`writes the tokens that PyTorch writes with the same weights: ${name}`, async function () {
      const lines = golden<OutputGolden>(this, 'pair-golden.jsonl').filter(
        (line) => line.model === FAMILY + name,
      );
      assert.ok(lines.length > 0);
      const loaded = name === 'teacher' ? model : await loadModel(join(shippedModels, name), CPU);
      const found = await run(
        loaded,
        lines.map(({ id }) => requestFor(id)),
        160,
      );
      for (const { id, input_ids, tokens, output } of lines) {
        const { usage, finishReason, output: ours } = found.get(id) as Prediction;
        assert.equal(ours, output, `record ${id}`);
        assert.equal(usage.promptTokens, input_ids.length, `record ${id}`);
        assert.equal(usage.outputTokens, tokens.length + Number(finishReason === 'stop'), `record ${id}`);
      }
    });
  }

  it('counts tokens and says that an answer was cut', async () => {
    const [id = ''] = recordIds('test').filter((one) => imagePath(one));
    const { usage, finishReason } = (await run(model, [requestFor(id)], 3)).get(id) as Prediction;
    assert.equal(finishReason, 'length');
    assert.equal(usage.outputTokens, 3);
    assert.ok(usage.imageTokens > 0 && usage.promptTokens > usage.imageTokens);
  });

  it('runs what fails together one by one when the memory is gone, and says so of what fails alone', async () => {
    const ids = recordIds('test').slice(0, 6);
    const requests = ids.map((id) => requestFor(id));
    const asItShould = await run(model, requests);
    const { decoder } = model.sessions;
    let steps = 0;
    /** A device that has room for the one record alone from the fourth step on, and at last for none. */
    const session = new Proxy(decoder.session, {
      get: (target, name) =>
        name !== 'run'
          ? Reflect.get(target, name, target)
          : (inputs: { inputs_embeds: { dims: number[] } }, outputs: string[]) => {
              steps++;
              if ((steps > 3 && (inputs.inputs_embeds.dims[0] ?? 0) > 1) || steps > most)
                throw new Error('Failed to allocate memory for requested buffer of size 805306368');
              return target.run(inputs as never, outputs);
            },
    });
    const small = { ...model, sessions: { ...model.sessions, decoder: { ...decoder, session } } };
    let most = Number.POSITIVE_INFINITY;
    const found = await run(small, requests);
    for (const id of ids) assert.equal(found.get(id)?.output, asItShould.get(id)?.output, id);
    assert.ok(steps > 4, 'it was tried together first');
    [steps, most] = [0, 0];
    for (const { error } of (await run(small, requests)).values())
      assert.match(
        error ?? '',
        /^The model cannot run this prompt: Failed to allocate memory .* 805306368\.$/,
      );
  });

  it('shows a picture of 40 megapixels, and the first frame of one that moves; one that is cut or a bomb fails alone', async () => {
    const plain = (width: number, height: number, background: string) =>
      sharp({ create: { width, height, channels: 3, background } })
        .png()
        .toBuffer();
    const frames = [await plain(96, 96, 'white'), await plain(96, 96, 'black')];
    const still = frames[0] as Buffer;
    const files = {
      'still.png': still,
      'large.png': await plain(8000, 5000, 'white'),
      'moving.gif': await sharp(frames, { join: { animated: true } })
        .gif({ delay: [50, 50] })
        .toBuffer(),
      'black.png': frames[1] as Buffer,
      'cut.png': still.subarray(0, still.length / 2),
      'bomb.png': pngHead(100_000, 100_000),
    };
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    const names = Object.keys(files);
    const found = await run(
      model,
      names.map((name) => textRequest(name, 'What colour is it?', join(folder, name))),
    );
    const outputs = names.map((name) => found.get(name)?.output);
    assert.ok(outputs[0]);
    assert.deepEqual(outputs.slice(1, 3), [outputs[0], outputs[0]], 'all white');
    assert.notEqual(outputs[3], outputs[0], 'black is seen');
    const error = (name: string) => found.get(name)?.error ?? '';
    assert.match(error('cut.png'), /^The image .*cut\.png cannot be decoded: .*\.$/);
    assert.match(
      error('bomb.png'),
      /^The image .*bomb\.png cannot be decoded: Input image exceeds pixel limit\.$/,
    );
  });

  it('fails a record alone when its image or its prompt cannot be used', async () => {
    const [good = ''] = recordIds('test');
    const notAnImage = join(folder, 'words.png');
    writeFileSync(notAnImage, 'These are words.');
    const found = await run(model, [
      textRequest('words', 'What is it?', notAnImage),
      textRequest('absent', 'What is it?', join(folder, 'absent.png')),
      textRequest('long', 'Which? '.repeat(2000)),
      textRequest('token', 'This text holds an <image> of its own.'),
      requestFor(good),
      textRequest('text', 'Question: What colour is the sky?'),
    ]);
    const error = (key: string) => found.get(key)?.error ?? '';
    assert.match(error('words'), /^The image .*words\.png cannot be decoded: .*\.$/);
    assert.match(error('absent'), /^The image .*absent\.png cannot be read\.$/);
    assert.match(
      error('long'),
      /^The prompt is \d{4} tokens long, and the model takes \d+ together with its answer\.$/,
    );
    assert.match(error('token'), /^The prompt has 1 places for images but 0 images/);
    for (const key of ['words', 'absent', 'long', 'token'])
      assert.equal(found.get(key)?.finishReason, 'error');
    for (const key of [good, 'text']) assert.equal(found.get(key)?.error, undefined);
  });
});
