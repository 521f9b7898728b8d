import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type {
  Decoding,
  ModelRequest,
  PartialOutput,
  Prediction,
} from '../../server/src/core/models/types.ts';
import { environmentAccess } from '../../server/src/inference/openai/access.ts';
import { openaiProvider } from '../../server/src/inference/openai/provider.ts';
import { readEndpoints } from '../../server/src/inference/openai/settings.ts';
import { type Asked, type Behaviour, FakeEndpoint } from './fake-endpoint.ts';
import { textRequest } from './inference-fixtures.ts';

const GREEDY: Decoding = { maxNewTokens: 64, temperature: 0 };
const KEY = 'sk-test-0123456789abcdef';

describe('a model behind an endpoint', () => {
  const servers: FakeEndpoint[] = [];
  const notices: string[] = [];
  let folder: string;

  beforeEach(() => {
    notices.length = 0;
    folder = mkdtempSync(join(tmpdir(), 'rationale-endpoint-'));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    for (const server of servers.splice(0)) await server.close();
  });

  async function serve(behave: (asked: Asked) => Behaviour): Promise<FakeEndpoint> {
    const server = await FakeEndpoint.start(behave);
    servers.push(server);
    return server;
  }

  async function open(url: string | string[], change: object = {}, environment: NodeJS.ProcessEnv = {}) {
    const { endpoints, problems } = readEndpoints({ remote: { url, model: 'some-model', ...change } });
    assert.deepEqual(problems, []);
    const backoff = { first: 5, most: 40 };
    const provider = openaiProvider({ endpoints, access: environmentAccess(environment), backoff });
    const [card] = await provider.list();
    assert.ok(card);
    return provider.open(card, (sentence) => notices.push(sentence));
  }

  interface RunOptions {
    readonly change?: object;
    readonly environment?: NodeJS.ProcessEnv;
    readonly decoding?: Decoding;
    readonly onPartial?: (partial: PartialOutput) => void;
    readonly signal?: AbortSignal;
  }

  async function run(url: string | string[], requests: readonly ModelRequest[], options: RunOptions = {}) {
    const {
      change,
      environment,
      decoding = GREEDY,
      onPartial,
      signal = new AbortController().signal,
    } = options;
    const model = await open(url, change, environment);
    const found = new Map<string, Prediction>();
    for await (const prediction of model.generate(requests, decoding, signal, onPartial)) {
      assert.ok(!found.has(prediction.key), `${prediction.key} came twice`);
      found.set(prediction.key, prediction);
    }
    await model.close();
    return found;
  }

  const questions = (n: number) =>
    Array.from({ length: n }, (_, i) => textRequest(`k${i}`, `Question ${i}?`));
  const outputs = (found: Map<string, Prediction>) =>
    [...found].map(([key, { output }]) => `${key} ${output}`).sort();

  it('is shown messages, images and decoding, and its answer is counted and priced', async () => {
    const image = join(folder, 'dot.png');
    await sharp({ create: { width: 40, height: 20, channels: 3, background: 'red' } })
      .png()
      .toFile(image);
    const server = await serve(() => ({ say: 'B', finish: 'length', logprobs: [-0.5, -0.25] }));
    const change = {
      key: 'SOME_API_KEY',
      price: { input: 2, output: 8 },
      logprobs: true,
      extra: { top_k: 5 },
    };
    const asked: ModelRequest = {
      key: 'k',
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          content: [
            { type: 'image', path: image },
            { type: 'text', text: 'Which?' },
          ],
        },
      ],
    };
    const found = await run(server.url, [asked], { change, environment: { SOME_API_KEY: KEY } });
    assert.deepEqual(found.get('k'), {
      key: 'k',
      output: 'B',
      finishReason: 'length',
      usage: { promptTokens: 100, imageTokens: 0, outputTokens: 10, cost: (100 * 2 + 10 * 8) / 1e6 },
      logProbability: -0.75,
    });
    const [{ body, headers }] = server.asked as [Asked];
    const { messages, ...rest } = body;
    assert.deepEqual(rest, { model: 'some-model', max_tokens: 64, temperature: 0, logprobs: true, top_k: 5 });
    assert.equal(headers.authorization, `Bearer ${KEY}`);
    const [system, user] = messages;
    assert.deepEqual(system, { role: 'system', content: 'Be brief.' });
    const [picture, text] = user!.content as [{ type: string; image_url: { url: string } }, object];
    assert.deepEqual(text, { type: 'text', text: 'Which?' });
    const { width, height } = await sharp(
      Buffer.from(picture.image_url.url.split(',')[1] as string, 'base64'),
    ).metadata();
    assert.deepEqual([width, height, picture.image_url.url.slice(0, 22)], [40, 20, 'data:image/png;base64,']);
  });

  it('is sent smaller images where the user says so, and formats it does not take as PNG', async () => {
    const image = join(folder, 'wide.gif');
    await sharp({ create: { width: 300, height: 100, channels: 3, background: 'blue' } })
      .gif()
      .toFile(image);
    const server = await serve(() => ({ say: 'B' }));
    await run(server.url, [textRequest('k', 'Which?', image)], { change: { imageSide: 150 } });
    const [part] = (server.asked[0] as Asked).body.messages[0]!.content as [{ image_url: { url: string } }];
    const { width, height, format } = await sharp(
      Buffer.from(part.image_url.url.split(',')[1] as string, 'base64'),
    ).metadata();
    assert.deepEqual([width, height, format], [150, 50, 'png']);
  });

  it('fails a record alone when its image cannot be used', async () => {
    const words = join(folder, 'words.png');
    writeFileSync(words, 'These are words.');
    const server = await serve(() => ({ say: 'B' }));
    const asked = [
      textRequest('words', 'a', words),
      textRequest('gone', 'b', join(folder, 'gone.png')),
      ...questions(1),
    ];
    const found = await run(server.url, asked);
    assert.match(found.get('words')?.error ?? '', /^The image .*words\.png cannot be decoded\.$/);
    assert.match(found.get('gone')?.error ?? '', /^The image .*gone\.png cannot be read\.$/);
    assert.equal(found.get('k0')?.output, 'B');
    assert.equal(server.asked.length, 1);
  });

  it('gets as many requests at once as it may, never more, and each once', async () => {
    const server = await serve(({ text }) => ({ say: text, after: 15 }));
    const found = await run(server.url, questions(40), { change: { concurrency: 5 } });
    assert.deepEqual(
      outputs(found),
      questions(40)
        .map(({ key }, i) => `${key} Question ${i}?`)
        .sort(),
    );
    assert.equal(server.most, 5);
    assert.equal(server.asked.length, 40);
  });

  it('shares the work among several addresses, and goes on with the others when one dies', async () => {
    const good = await serve(({ text }) => ({ say: text, after: 3 }));
    const bad = await serve(() => ({ status: 500 }));
    const gone = await serve(() => ({ say: '' }));
    const { url } = gone;
    await gone.close();
    const found = await run([bad.url, url, good.url], questions(60), { change: { concurrency: 2 } });
    assert.equal(found.size, 60);
    const failed = [...found.values()].filter(({ error }) => error);
    assert.ok(failed.length < 10, `${failed.length} failed`);
    assert.ok(
      notices.some((notice) => /cannot be reached \(ECONNREFUSED\)/.test(notice)),
      notices.join(' '),
    );
  });

  it('waits as long as it is told to', async () => {
    const times: number[] = [];
    const server = await serve(({ times: n }) => {
      times.push(performance.now());
      return n === 1 ? { status: 429, headers: { 'retry-after': '0.3' } } : { say: 'B' };
    });
    const found = await run(server.url, questions(1));
    assert.equal(found.get('k0')?.output, 'B');
    assert.ok(
      (times[1] as number) - (times[0] as number) >= 295,
      `asked again after ${times[1]! - times[0]!} ms`,
    );
    assert.match(notices.join(), /asks to wait \(HTTP 429\).* It is asked again in \d+ seconds?\.$/);
  });

  for (const [what, first] of [
    ['an error of the server', { status: 500, body: 'oops' }],
    ['a gateway without a server behind it', { status: 502, body: '<html>Bad gateway</html>' }],
    ['a connection that is cut', { cut: '{"choices": [{"mess' }],
    ['JSON that is no completion', { raw: '{"hello": 1}' }],
    ['something that is no JSON', { raw: '{"choices": [{]' }],
    ['no answer in time', { hang: true }],
  ] as const) {
    it(`is asked again after ${what}`, async () => {
      const server = await serve(({ times }) => (times === 1 ? first : { say: 'B' }));
      const found = await run(server.url, questions(2), { change: { timeout: 1 } });
      assert.deepEqual(outputs(found), ['k0 B', 'k1 B']);
      assert.equal(server.asked.length, 4);
    });
  }

  it('fails a request alone that never succeeds, and says why', async () => {
    const server = await serve(({ text }) =>
      text === 'Question 1?'
        ? { status: 500, body: '{"error": {"message": "CUDA out of memory"}}' }
        : { say: 'B' },
    );
    const found = await run(server.url, questions(3), { change: { concurrency: 1 } });
    assert.equal(found.get('k1')?.error, `${server.host} fails (HTTP 500): CUDA out of memory`);
    assert.deepEqual([found.get('k0')?.output, found.get('k2')?.output], ['B', 'B']);
    assert.equal(server.asked.length, 7);
  });

  it('passes on why a request is refused, and what was withheld', async () => {
    const server = await serve(({ text }) =>
      text === 'Question 0?'
        ? { status: 400, body: '{"error": {"message": "maximum context length is 4096 tokens"}}' }
        : { say: '', finish: 'content_filter' },
    );
    const found = await run(server.url, questions(2));
    assert.match(
      found.get('k0')?.error ?? '',
      /refuses the request \(HTTP 400\): maximum context length is 4096 tokens$/,
    );
    assert.match(found.get('k1')?.error ?? '', /withheld its answer \(content filter\)\.$/);
    assert.equal(server.asked.length, 2);
  });

  for (const [what, behaviour, sentence] of [
    [
      'a web page',
      { raw: '<!doctype html><title>Welcome</title>', type: 'text/html' },
      /answers with a web page instead of JSON: .*\/v1\.$/,
    ],
    [
      'an unknown model',
      { status: 404, body: '{"error": {"message": "model some-model not found"}}' },
      /does not know the model or the address \(HTTP 404\): model some-model not found$/,
    ],
    [
      'an empty purse',
      {
        status: 429,
        body: '{"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}',
      },
      /wants to be paid \(HTTP 429\): You exceeded your quota$/,
    ],
    [
      'an hour’s rest',
      { status: 429, headers: { 'retry-after': '3600' } },
      /left alone for 60 minutes \(HTTP 429\); what is done is stored/,
    ],
    [
      'a redirect',
      { status: 302, headers: { location: 'http://127.0.0.1:9/v1' } },
      /sends requests elsewhere/,
    ],
  ] as readonly [string, Behaviour, RegExp][]) {
    it(`ends the run with one sentence at ${what}`, async () => {
      const server = await serve(() => behaviour);
      await assert.rejects(run(server.url, questions(50), { change: { concurrency: 2 } }), sentence);
      assert.ok(server.asked.length <= 2, `${server.asked.length} requests were made`);
    });
  }

  it('ends the run when every request is refused', async () => {
    const server = await serve(() => ({ status: 422, body: '{"detail": "unknown field"}' }));
    await assert.rejects(
      run(server.url, questions(500), { change: { concurrency: 4 } }),
      /HTTP 422\): unknown field$/,
    );
    assert.ok(server.asked.length < 30, `${server.asked.length} requests were made`);
  });

  it('is asked by the newer name of the limit when it refuses the older', async () => {
    const message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
    const server = await serve(({ body }) =>
      'max_tokens' in body ? { status: 400, body: JSON.stringify({ error: { message } }) } : { say: 'B' },
    );
    const found = await run(server.url, questions(3), { change: { concurrency: 1 } });
    assert.equal(found.size, 3);
    assert.equal(server.asked.length, 4);
    assert.equal(server.asked.at(-1)?.body.max_completion_tokens, 64);
  });

  it('tells what it is writing when somebody watches, and half an answer is none', async () => {
    const server = await serve(({ times }) =>
      times === 1 ? { cut: 'Half an' } : { say: 'The answer is B, of course.' },
    );
    const partials: string[] = [];
    const found = await run(server.url, questions(1), {
      onPartial: ({ key, output }) => partials.push(`${key} ${output}`),
    });
    assert.equal(found.get('k0')?.output, 'The answer is B, of course.');
    assert.equal(found.get('k0')?.usage.promptTokens, 100);
    assert.equal(server.asked.length, 2);
    assert.ok(partials.includes('k0 Half an') && partials.length >= 3, partials.join('; '));
    for (const partial of partials.slice(1))
      assert.ok('k0 The answer is B, of course.'.startsWith(partial), partial);
  });

  it('draws each sample by a seed of its own, or several at once where it can, the rest by themselves', async () => {
    const samples = Array.from({ length: 5 }, (_, sample) => ({
      ...textRequest(`s${sample}`, 'Which?'),
      sample,
    }));
    const decoding = { maxNewTokens: 64, temperature: 0.7, topP: 0.9, seed: 3, samples: 5 };
    const alone = await serve(() => ({ say: 'B' }));
    await run(alone.url, samples, { decoding });
    const seeds = alone.asked.map(({ body }) => body.seed);
    assert.equal(new Set(seeds).size, 5);
    assert.deepEqual([alone.asked[0]?.body.temperature, alone.asked[0]?.body.top_p], [0.7, 0.9]);
    await run(alone.url, samples, { decoding });
    assert.deepEqual(
      alone.asked
        .slice(5)
        .map(({ body }) => body.seed)
        .sort(),
      seeds.toSorted(),
      'the same seeds again',
    );
    const together = await serve(({ times }) => ({ say: times === 1 ? ['A', 'B', 'C'] : 'D' }));
    const change = { n: true, price: { input: 1, output: 1 } };
    const found = await run(together.url, samples, { decoding, change });
    assert.deepEqual(outputs(found), ['s0 A', 's1 B', 's2 C', 's3 D', 's4 D']);
    assert.deepEqual(
      together.asked.map(({ body }) => body.n),
      [5, undefined, undefined],
    );
    const paid = [...found.values()].reduce((sum, { usage }) => sum + (usage.cost ?? 0), 0);
    assert.ok(Math.abs(paid - (130 + 110 + 110) / 1e6) < 1e-12, `${paid} paid`);
  });

  it('is told what to hold an output to, in the server’s own way', async () => {
    const server = await serve(() => ({ say: 'B' }));
    const fields = [{ key: 'answer', values: ['A', 'B'] }];
    const held: ModelRequest = { ...textRequest('k', 'Which?'), constraint: [{ kind: 'object', fields }] };
    const choice: ModelRequest = { ...held, constraint: [{ kind: 'one-of', texts: ['A', 'B'] }] };
    await run(server.url, [held], { change: { structured: 'response_format' } });
    await run(server.url, [choice], { change: { structured: 'structured_outputs' } });
    await run(server.url, [choice], { change: { structured: 'guided' } });
    const [openai, vllm, older] = server.asked.map(({ body }) => body);
    const schema = {
      type: 'object',
      properties: { answer: { type: 'string', enum: ['A', 'B'] } },
      required: ['answer'],
      additionalProperties: false,
    };
    const json_schema = { name: 'answer', strict: true, schema };
    assert.deepEqual(openai?.response_format, { type: 'json_schema', json_schema });
    assert.deepEqual(vllm?.structured_outputs, { choice: ['A', 'B'] });
    assert.deepEqual(older?.guided_choice, ['A', 'B']);
  });

  it('stops at once when it is cancelled, and when nobody listens any more', async () => {
    const server = await serve(({ text }) => (text === 'Question 0?' ? { say: 'B' } : { hang: true }));
    const cancel = new AbortController();
    const model = await open(server.url, { concurrency: 3 });
    const found: string[] = [];
    for await (const { key } of model.generate(questions(20), GREEDY, cancel.signal)) {
      found.push(key);
      cancel.abort();
    }
    assert.deepEqual(found, ['k0']);
    for await (const _ of model.generate(questions(20), GREEDY, new AbortController().signal)) break;
    const rest = () => new Promise((resolve) => setTimeout(resolve, 60));
    await rest();
    const made = server.asked.length;
    await rest();
    assert.deepEqual([server.inFlight, server.asked.length], [0, made]);
  });

  it('keeps to so many requests a minute', async () => {
    const server = await serve(() => ({ say: 'B' }));
    const began = performance.now();
    await run(server.url, questions(4), { change: { requestsPerMinute: 600 } });
    assert.ok(performance.now() - began >= 295, 'four requests at ten a second take 0.3 s');
  });

  describe('and its key', () => {
    it('is told only to the endpoint, and never said again, even when the endpoint repeats it', async () => {
      for (const status of [400, 401, 403, 404, 422, 429, 500]) {
        const server = await serve(() => ({
          status,
          body: JSON.stringify({
            error: {
              message: `Incorrect API key provided: ${KEY} or sk-te***cdef (Bearer ${KEY}), see ?key=${KEY}`,
            },
          }),
          headers: { 'retry-after': '3600' },
        }));
        const said: string[] = [];
        try {
          const options = {
            change: { key: 'SOME_API_KEY', concurrency: 1 },
            environment: { SOME_API_KEY: KEY },
          };
          for (const { error } of (await run(server.url, questions(1), options)).values())
            said.push(error ?? '');
        } catch (error) {
          said.push((error as Error).message, (error as Error).stack ?? '');
        }
        // Its port may have any digits.
        const all = [...said, ...notices].join('\n').replaceAll(new URL(server.url).port, '…');
        assert.notEqual(all, '');
        assert.ok(!/0123|cdef|sk-te/.test(all), `HTTP ${status}: ${all}`);
      }
    });

    it('is named by its variable when it is refused or not there', async () => {
      const server = await serve(() => ({ status: 401 }));
      const change = { key: 'SOME_API_KEY' };
      const environment = { SOME_API_KEY: KEY };
      await assert.rejects(
        run(server.url, questions(3), { change, environment }),
        /refuses the key in SOME_API_KEY \(HTTP 401\)\.$/,
      );
      await assert.rejects(
        open(server.url, change),
        /^Error: remote needs a key for 127\.0\.0\.1:\d+: set the environment variable SOME_API_KEY\.$/,
      );
      await assert.rejects(
        run(server.url, questions(1)),
        /wants a key: name its environment variable in the setting "key"/,
      );
    });
  });
});

describe('the settings of endpoints', () => {
  it('say in one sentence what is wrong, and never repeat what may be a key', () => {
    const { endpoints, problems } = readEndpoints({
      good: { url: 'http://127.0.0.1:8000/v1/', model: 'm' },
      pasted: { url: 'https://api.example.org/v1', model: 'm', key: KEY },
      inside: { url: `https://me:${KEY}@api.example.org/v1`, model: 'm' },
      query: { url: `https://api.example.org/v1?key=${KEY}`, model: 'm' },
      other: { url: 'https://api.example.org/v1', model: 'm', key: 'AWS_SECRET_ACCESS_KEY' },
      typo: { url: 'ftp://x', model: '', concurrency: 0, tiemout: 3 },
      none: 7,
    });
    assert.deepEqual(
      endpoints.map(({ name, urls, concurrency }) => [name, urls, concurrency]),
      [['good', ['http://127.0.0.1:8000/v1'], 8]],
    );
    assert.ok(!problems.join().includes(KEY) && !problems.join().includes('0123'));
    const of = (name: string) => problems.filter((problem) => problem.includes(`"${name}"`));
    assert.match(
      of('pasted').join(),
      /"key" of the endpoint "pasted" must be the name of an environment variable/,
    );
    assert.match(of('inside').join(), /"url" of .* without a user, a key or a query/);
    assert.equal(of('query').length, 1);
    assert.equal(of('other').length, 1);
    assert.equal(of('typo').length, 4);
    assert.match(of('none').join(), /must be an object with at least "url" and "model"/);
  });
});
