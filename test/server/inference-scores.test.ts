import assert from 'node:assert/strict';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import type { ScoreRequest, Scores, TextScore } from '../../server/src/core/models/types.ts';
import { embedPrompts } from '../../server/src/inference/onnx/host/decode.ts';
import { type Decoder, runDecoder, wholeDecoder } from '../../server/src/inference/onnx/host/decoder.ts';
import { ImageFeatures } from '../../server/src/inference/onnx/host/features.ts';
import { type LoadedModel, loadModel } from '../../server/src/inference/onnx/host/load.ts';
import { readyPrompt } from '../../server/src/inference/onnx/host/prompt.ts';
import { score } from '../../server/src/inference/onnx/host/score.ts';
import {
  imagePath,
  needsPair,
  recordIds,
  requestFor,
  shippedModels,
  textRequest,
} from './inference-fixtures.ts';

const CPU = { kind: 'cpu', threads: 1 } as const;
const CLOSE = 1e-4;
const RATIONALE =
  '<REASONING>The poles that face each other are alike. Like poles repel.</REASONING>\n<CONCLUSION>';

async function scoresOf(model: LoadedModel, requests: readonly ScoreRequest[]): Promise<Map<string, Scores>> {
  const found = new Map<string, Scores>();
  const features = new ImageFeatures(model.sessions, model.images);
  await score(model, features, requests, {
    working: () => {},
    alive: () => {},
    scores: (all) => {
      for (const one of all) found.set(one.key, one);
    },
  });
  return found;
}

/** Log-probabilities of a text's tokens by one forward pass over prompt and text, which knows nothing of caches. */
async function plainPass(
  model: LoadedModel,
  decoder: Decoder,
  { messages, texts }: ScoreRequest,
  index: number,
): Promise<number[]> {
  const { tokenizer, vocabulary, sessions } = model;
  const { given, text } = texts[index] as { given: string; text: string };
  const tokenized = tokenizer.tokenize(messages, vocabulary.imageToken);
  const found = await new ImageFeatures(sessions, model.images).of(new Set(tokenized.images));
  const chat = tokenizer.chatText(messages);
  const before = tokenizer.encode(chat + given).length;
  const all = tokenizer.encode(chat + given + text);
  const whole = readyPrompt({ ...tokenized, ids: all }, found, model);
  const places = [{ padding: 0, positions: whole.positions }];
  const inputs = await embedPrompts(sessions, [whole], places, vocabulary.imageToken);
  const count = whole.ids.length;
  const { data, dims } = await runDecoder(decoder, inputs, places, decoder.newCache(1, count), count);
  const words = dims.at(-1) as number;
  return all.slice(before).map((id, i) => {
    const column = count - (all.length - before) + i - 1;
    const logits = Array.from((data as Float32Array).subarray(column * words, (column + 1) * words));
    return (logits[id] as number) - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  });
}

const teacher = join(shippedModels, 'teacher');

function assertClose(found: TextScore, expected: readonly number[], what: string): void {
  assert.equal(found.tokens.length, expected.length, what);
  found.tokens.forEach((one, i) => {
    const difference = Math.abs(one - (expected[i] as number));
    assert.ok(difference < CLOSE, `${what}, token ${i}: ${one} against ${expected[i]}`);
  });
  const sum = expected.reduce((all, one) => all + one, 0);
  assert.ok(Math.abs(found.logProbability - sum) < CLOSE * expected.length, what);
}

describe('the probability of given texts', function () {
  this.timeout(120_000);
  let model: LoadedModel;
  let requests: ScoreRequest[];
  /** By record, then by text. */
  const plain = new Map<string, number[][]>();
  let whole: Decoder;

  before(async function () {
    needsPair(this);
    model = await loadModel(teacher, CPU);
    const all = recordIds('test');
    const ids = [true, false].flatMap((hasImage) =>
      all.filter((id) => (imagePath(id) !== null) === hasImage).slice(0, 3),
    );
    assert.equal(ids.length, 6);
    const letters = ['A', 'B', 'C'];
    const words = ['attract', 'repel', 'they do nothing to each other'];
    requests = ids.map((id) => ({
      key: id,
      messages: requestFor(id).messages,
      texts: [
        ...letters.map((text) => ({ given: '<CONCLUSION>', text })),
        ...letters.map((text) => ({ given: RATIONALE, text: `${text}</CONCLUSION>` })),
        ...words.map((text) => ({ given: RATIONALE, text })),
        { given: '', text: `${RATIONALE}B</CONCLUSION>` },
      ],
    }));
    const untouched = await InferenceSession.create(join(teacher, 'onnx', 'decoder_model_merged.onnx'));
    whole = wholeDecoder(untouched, model.sessions.decoder.layout);
    for (const request of requests) plain.set(request.key, await plainly(request));
  });

  async function plainly(request: ScoreRequest): Promise<number[][]> {
    const found: number[][] = [];
    for (const index of request.texts.keys()) found.push(await plainPass(model, whole, request, index));
    return found;
  }

  async function assertPlain(scoring: LoadedModel): Promise<void> {
    const found = await scoresOf(scoring, requests);
    for (const request of requests) {
      const scores = found.get(request.key) as Scores;
      assert.equal(scores.error, undefined);
      assert.equal(scores.texts.length, request.texts.length);
      for (const [i, text] of request.texts.entries()) {
        assertClose(
          scores.texts[i] as TextScore,
          plain.get(request.key)?.[i] ?? [],
          `record ${request.key}, ${JSON.stringify(text)}`,
        );
      }
    }
  }

  it('is that of one forward pass over prompt and text', async () => {
    assert.equal(model.sessions.decoder.mayPad, true);
    await assertPlain(model);
  });

  it('is the same where texts are scored one after the other', async () => {
    const decoder = { ...model.sessions.decoder, mayPad: false };
    await assertPlain({ ...model, sessions: { ...model.sessions, decoder } });
  });

  it('is the same where the graph gives back its whole cache, as on a GPU', async () => {
    for (const hasStandIns of [false, true]) {
      const decoder = wholeDecoder(whole.session, whole.layout, hasStandIns);
      await assertPlain({ ...model, sessions: { ...model.sessions, decoder } });
    }
  });

  it('is the same where tokens must be read one by one, with either cache', async () => {
    await assertPlain({ ...model, readsBothWays: true });
    await assertPlain({ ...model, readsBothWays: true, sessions: { ...model.sessions, decoder: whole } });
  });

  it('reads the prompt once for all texts, and nothing more for a letter behind what is given', async () => {
    let tokens = 0;
    const { decoder, embeddings } = model.sessions;
    const counting = {
      inputNames: decoder.session.inputNames,
      inputMetadata: decoder.session.inputMetadata,
      run: (feeds: InferenceSession.FeedsType, names: string[]) => {
        const [rows = 0, length = 0] = feeds.inputs_embeds?.dims ?? [];
        tokens += rows * length;
        return decoder.session.run(feeds, names);
      },
    } as unknown as InferenceSession;
    const sessions = {
      decoder: { ...decoder, session: counting },
      embeddings,
      vision: model.sessions.vision,
      hidden: model.sessions.hidden,
      nearLength: model.sessions.nearLength,
    };
    const [request] = requests as [ScoreRequest];
    const ask = async (texts: ScoreRequest['texts']) => {
      tokens = 0;
      await scoresOf({ ...model, sessions }, [{ ...request, texts }]);
      return tokens;
    };
    const letters = (given: string) => ['A', 'B', 'C', 'D', 'E'].map((text) => ({ given, text }));
    const bare = await ask(letters(''));
    const length = (given: string) => model.tokenizer.encode(given).length;
    assert.equal(await ask(letters('<CONCLUSION>')), bare + length('<CONCLUSION>'));
    const curve = ['', 'Like poles repel.', 'Like poles repel. So they push.'].map(
      (said) => `<REASONING>${said}</REASONING><CONCLUSION>`,
    );
    const trunk = length('<REASONING>Like poles repel. So they push.</REASONING><CONCLUSION>');
    const read = (await ask(curve.flatMap(letters))) - bare;
    assert.ok(
      read >= trunk && read <= trunk + 2 * length('.</REASONING><CONCLUSION>'),
      `${read} tokens, ${trunk} in the longest`,
    );
  });

  it('fails alone where a text is empty, too long, or an image cannot be used', async () => {
    const [good] = requests as [ScoreRequest];
    const text = { given: '', text: 'A' };
    const bad = (key: string, asked: Partial<ScoreRequest>) => ({ ...good, ...asked, key });
    const found = await scoresOf(model, [
      bad('empty', { texts: [{ given: 'The answer is', text: '' }] }),
      bad('long', { texts: [text, { given: '', text: 'and '.repeat(3000) }] }),
      bad('image', {
        messages: textRequest('image', 'What is it?', join(teacher, 'absent.png')).messages,
        texts: [text],
      }),
      good,
    ]);
    assert.equal(found.get('empty')?.error, 'A text to be scored is empty.');
    assert.match(
      found.get('long')?.error ?? '',
      /^Prompt and text are \d+ tokens long, and the model takes \d+\.$/,
    );
    assert.match(found.get('image')?.error ?? '', /^The image .*absent\.png cannot be read\.$/);
    assert.equal(found.get(good.key)?.error, undefined);
  });
});
