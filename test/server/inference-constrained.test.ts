import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Grammar } from '../../server/src/core/grammars/types.ts';
import type { Decoding, ModelRequest, Prediction } from '../../server/src/core/models/types.ts';
import { constraintOf } from '../../server/src/core/pipeline/constraints.ts';
import type { Asking } from '../../server/src/core/prompts/compose.ts';
import { randomNumbers } from '../../server/src/core/random.ts';
import { ChatTokenizer } from '../../server/src/inference/onnx/chat-tokenizer.ts';
import { HeldRow } from '../../server/src/inference/onnx/host/constrain/held-row.ts';
import { Holds } from '../../server/src/inference/onnx/host/constrain/holds.ts';
import { ImageFeatures } from '../../server/src/inference/onnx/host/features.ts';
import { generate } from '../../server/src/inference/onnx/host/generate.ts';
import { type LoadedModel, loadModel } from '../../server/src/inference/onnx/host/load.ts';
import { chooser } from '../../server/src/inference/onnx/host/sampler.ts';
import { ASKINGS, assertReads } from './held-answers.ts';
import { needsPair, recordIds, requestFor, shippedModels, textRequest } from './inference-fixtures.ts';
import { withTokenizer } from './other-tokenizer.ts';

const CPU = { kind: 'cpu', threads: 1 } as const;
const ends = new Set([2]);
/** Tags, quotes, line ends and brackets are what could break a format. */
const UNRULY = /[<>"\\\n[{}/]|^ *(?:User|Question)/;

describe('holding outputs to their format', function () {
  this.timeout(120_000);
  const folders: Record<string, string> = {};
  let folder: string;

  before(function () {
    needsPair(this);
    folder = mkdtempSync(join(tmpdir(), 'rationale-held-'));
    const teacher = join(shippedModels, 'teacher');
    folders['byte-level'] = teacher;
    for (const kind of ['SentencePiece with bytes', 'Metaspace', 'WordPiece'] as const) {
      folders[kind] = withTokenizer(teacher, kind, join(folder, kind));
    }
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  for (const kind of ['byte-level', 'SentencePiece with bytes', 'Metaspace']) {
    it(`knows how tokens are spelt: ${kind}`, () => {
      const tokenizer = new ChatTokenizer(folders[kind]!);
      const { bytes } = tokenizer.spelling(Number.POSITIVE_INFINITY);
      assert.ok(bytes.length > 1000 && bytes.every(({ length }) => length > 0));
      const token = fc.integer({ min: 0, max: bytes.length - 1 });
      fc.assert(
        fc.property(fc.array(token, { minLength: 1, maxLength: 8 }), (tokens) => {
          const spelt = Buffer.concat(tokens.map((one) => bytes[one]!));
          const text = spelt.toString('utf8');
          // What is no whole character is nobody's text.
          fc.pre(Buffer.from(text).equals(spelt));
          const begun = kind === 'byte-level' ? text : text.replace(/^ /, '');
          assert.equal(tokenizer.decode(tokens), begun);
        }),
        { numRuns: 300 },
      );
    });

    it(`makes whatever a model likes an answer that is read: ${kind}`, () => {
      const tokenizer = new ChatTokenizer(folders[kind]!);
      const holds = new Holds(tokenizer, ends, Number.POSITIVE_INFINITY);
      const { bytes } = tokenizer.spelling(Number.POSITIVE_INFINITY);
      const unruly = [...bytes.keys()].filter((token) =>
        UNRULY.test(Buffer.from(bytes[token]!).toString('latin1')),
      );
      const random = randomNumbers(1);
      const noise = Float32Array.from({ length: 16 * bytes.length }, () => 4 * random());
      const cases = fc.record({
        asking: fc.constantFrom(...ASKINGS),
        choices: fc.integer({ min: 2, max: 4 }),
        limit: fc.integer({ min: 100, max: 160 }),
        seed: fc.integer({ min: 1, max: 2 ** 31 }),
        liking: fc.constantFrom(0, 1, 3),
        temperature: fc.constantFrom(0, 1),
      });
      fc.assert(
        fc.property(cases, ({ asking, choices, limit, seed, liking, temperature }) => {
          const place = randomNumbers(seed);
          const logits = () => {
            const start = Math.floor(place() * 15 * bytes.length);
            const liked = noise.slice(start, start + bytes.length);
            for (const token of unruly) liked[token] = (liked[token] as number) + liking;
            return liked;
          };
          const draw = temperature > 0 ? { temperature, topP: 0.9, seed } : null;
          const grammar = constraintOf(asking, choices);
          const { tokens, stopped } = write(grammar, holds, chooser(draw), limit, logits);
          assert.ok(stopped || tokens.length === limit);
          assertReads(tokenizer.decode(tokens), asking, choices);
        }),
        { numRuns: 60 },
      );
    });
  }

  it('says in one sentence what cannot be held to a format', () => {
    const holds = (kind: string, endTokens = ends) =>
      new Holds(new ChatTokenizer(folders[kind]!), endTokens, Number.POSITIVE_INFINITY);
    const letters: Grammar = [{ kind: 'one-of', texts: ['A', 'Ж'] }];
    holds('byte-level').of(letters);
    assert.throws(
      () => new Holds(new ChatTokenizer(folders.Metaspace!), ends, 100).of(letters),
      /^Error: The model's tokens cannot spell "Ж", so its output cannot be held to this format\.$/,
    );
    assert.throws(
      () => holds('byte-level', new Set()).of(letters),
      /^Error: The model's files name no token that ends an answer, .*\.$/,
    );
    assert.throws(
      () => holds('WordPiece').of(letters),
      /^Error: The model's tokenizer joins its tokens in a way \(WordPiece\) .*\.$/,
    );
  });

  describe('with a model', () => {
    let teacher: LoadedModel;
    const stages = { strategy: null, format: 'stages', order: 'answer-last' } as const;
    const held = (id: string, asking: Asking = stages): ModelRequest => ({
      ...requestFor(id),
      constraint: constraintOf(asking, 2),
    });

    before(async () => {
      teacher = await loadModel(folders['byte-level']!, CPU);
    });

    it('changes no token of an answer that keeps to the format by itself, in a batch with others that are not held', async () => {
      const ids = recordIds('test').slice(0, 24);
      const free = await run(
        teacher,
        ids.map((id) => requestFor(id)),
        160,
      );
      const mixed = await run(
        teacher,
        ids.map((id, i) => (i % 3 === 0 ? requestFor(id) : held(id))),
        160,
      );
      let kept = 0;
      for (const id of ids) {
        const { output, finishReason } = free.get(id)!;
        const answer = /<CONCLUSION>([AB])<\/CONCLUSION>$/.test(output) && finishReason === 'stop';
        if (answer || mixed.get(id)!.output === output) {
          kept++;
          assert.deepEqual(mixed.get(id), free.get(id), `record ${id}`);
        }
      }
      assert.ok(kept > 8, `only ${kept} answers kept to the format by themselves`);
    });

    it('holds every sample, each on its own way', async () => {
      const [id = ''] = recordIds('test');
      for (const asking of ASKINGS) {
        const samples = Array.from({ length: 6 }, (_, sample) => ({
          ...held(id, asking),
          key: `${sample}`,
          sample,
        }));
        const found = await run(teacher, samples, 120, { temperature: 2, seed: 3 });
        for (const { output } of found.values()) assertReads(output, asking, 2);
        if (asking.format !== 'letter')
          assert.ok(new Set([...found.values()].map(({ output }) => output)).size > 3);
      }
    });

    it('ends within the limit and says that it was cut; where nothing would fit, it is only cut', async () => {
      const ids = recordIds('test').slice(0, 4);
      const short = await run(
        teacher,
        ids.map((id) => held(id)),
        14,
      );
      for (const { output, finishReason, usage } of short.values()) {
        assertReads(output, stages, 2);
        assert.equal(finishReason, 'length');
        assert.ok(usage.outputTokens <= 14);
      }
      const none = await run(
        teacher,
        ids.map((id) => held(id)),
        3,
      );
      for (const { output, finishReason, usage } of none.values()) {
        assert.match(output, /^<SUMMARY>/);
        assert.equal(finishReason, 'length');
        assert.equal(usage.outputTokens, 3);
      }
    });

    it('is the same with a tokenizer of another kind', async () => {
      const other = await loadModel(folders['SentencePiece with bytes']!, CPU);
      for (const asking of ASKINGS) {
        const requests = ['Which is warm?', 'Like poles?'].map((text) => ({
          ...textRequest(text, text),
          constraint: constraintOf(asking, 3),
        }));
        const found = await run(other, requests, 120);
        for (const { output, error } of found.values()) {
          assert.equal(error, undefined);
          assertReads(output, asking, 3);
        }
      }
    });

    it('refuses at once what it cannot hold', async () => {
      const [id = ''] = recordIds('test');
      const request = { ...requestFor(id), constraint: constraintOf(stages, 2) };
      const wordPiece = await loadModel(folders.WordPiece!, CPU);
      await assert.rejects(run(wordPiece, [request], 20), /in which no output can be held to a format\.$/);
    });
  });
});

function write(
  grammar: Grammar,
  holds: Holds,
  draw: ReturnType<typeof chooser>,
  limit: number,
  logits: () => Float32Array,
) {
  const row = new HeldRow(holds.of(grammar), draw, limit);
  const tokens: number[] = [];
  while (tokens.length < limit) {
    const all = logits();
    const token = row.choose(all, 0, all.length);
    if (ends.has(token)) return { tokens, stopped: true };
    tokens.push(token);
  }
  return { tokens, stopped: false };
}

async function run(
  model: LoadedModel,
  requests: readonly ModelRequest[],
  maxNewTokens: number,
  drawn: Pick<Decoding, 'topP' | 'seed' | 'temperature'> = { temperature: 0 },
): Promise<Map<string, Prediction>> {
  const found = new Map<string, Prediction>();
  const listener = {
    working: () => {},
    alive: () => {},
    partials: null,
    predictions: (predictions: readonly Prediction[]) => {
      for (const prediction of predictions) found.set(prediction.key, prediction);
    },
  };
  const features = new ImageFeatures(model.sessions, model.images);
  await generate(model, features, requests, { maxNewTokens, ...drawn }, listener);
  assert.equal(found.size, requests.length);
  return found;
}
