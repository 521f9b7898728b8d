/**
 * Answers per second through the openai provider, 32 requests in flight, against a bare load generator that sends
 * ready-made bodies to the same server. The server is a process of its own that takes 100 ms for each answer, as a busy
 * vLLM does for a few tokens, and reads every request whole. The provider renders nothing, but reads each request's
 * image file and makes its body; the prompts are the sample's, images included.
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModelRequest } from '../../server/src/core/models/types.ts';
import { environmentAccess } from '../../server/src/inference/openai/access.ts';
import { openaiProvider } from '../../server/src/inference/openai/provider.ts';
import { requestBody } from '../../server/src/inference/openai/request.ts';
import { readEndpoints } from '../../server/src/inference/openai/settings.ts';
import { recordIds, requestFor } from '../server/inference-fixtures.ts';

const IN_FLIGHT = 32;
const REQUESTS = 1200;
const LATENCY = 100;
const ROUNDS = 3;
const TARGET = 0.95;
const DECODING = { maxNewTokens: 16, temperature: 0 };

if (process.argv[2] === 'serve') serve();
else await measure();

function serve(): void {
  const answer = JSON.stringify({
    choices: [{ message: { content: 'B' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 2 },
  });
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(answer), LATENCY);
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

async function measure(): Promise<void> {
  const server = fork(import.meta.filename, ['serve']);
  const port = await new Promise<number>((resolve) =>
    server.once('message', (message) => resolve(message as number)),
  );
  const url = `http://127.0.0.1:${port}/v1`;
  const { endpoints } = readEndpoints({ busy: { url, model: 'm', concurrency: IN_FLIGHT } });
  const [settings] = endpoints;
  const ids = recordIds('test');
  const requests = Array.from({ length: REQUESTS }, (_, i): ModelRequest => {
    return { ...requestFor(ids[i % ids.length] as string), key: `${i}` };
  });
  const bodies = await Promise.all(
    requests.map(async (request) =>
      JSON.stringify(await requestBody(settings!, [request], DECODING, 'max_tokens', false)),
    ),
  );
  const provider = openaiProvider({ endpoints, access: environmentAccess() });
  const [card] = await provider.list();

  async function ours(): Promise<number> {
    const model = await provider.open(card!, console.log);
    const began = performance.now();
    let answered = 0;
    for await (const { error } of model.generate(requests, DECODING, new AbortController().signal)) {
      if (error) throw new Error(error);
      answered++;
    }
    return (answered / (performance.now() - began)) * 1000;
  }

  async function bare(): Promise<number> {
    const left = [...bodies];
    const began = performance.now();
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, async () => {
        for (let body = left.pop(); body; body = left.pop()) {
          const headers = { 'content-type': 'application/json' };
          const response = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body });
          await response.json();
        }
      }),
    );
    return (bodies.length / (performance.now() - began)) * 1000;
  }

  const ratios: number[] = [];
  await ours();
  for (let round = 0; round < ROUNDS; round++) {
    const [own, other] = [await ours(), await bare()];
    ratios.push(own / other);
    console.log(`provider ${own.toFixed(1)} answers/s, bare ${other.toFixed(1)}`);
  }
  server.kill();
  const [, median = 0] = ratios.toSorted((a, b) => a - b);
  const ratio = Math.round(1000 * median) / 1000;
  console.log(
    JSON.stringify({
      name: 'openai provider against a bare load generator, 32 in flight',
      ratio,
      target: TARGET,
      ok: ratio >= TARGET,
    }),
  );
}
