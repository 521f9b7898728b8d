import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CATALOG } from '../../server/src/inference/catalog/entries.ts';
import { placedCatalog, placeOf, providersOf } from '../../server/src/inference/catalog/place.ts';
import { readModelsOf } from '../../server/src/inference/catalog/settings.ts';
import { weightBytes } from '../../server/src/inference/catalog/types.ts';
import { findLocalServers } from '../../server/src/inference/openai/local.ts';
import { readEndpoints } from '../../server/src/inference/openai/settings.ts';
import { CLI, CliSession } from './cli-session.ts';
import { FakeHub } from './fake-hub.ts';
import { needsPair, shippedModels } from './inference-fixtures.ts';
import { dataset } from './sample-dataset.ts';

const nowhere = {
  ...{ endpoints: [], fetched: new Set<string>(), memory: 16e9, python: null, today: '2026-11-28' },
};
const entry = (id: string) => CATALOG.find((one) => one.id === id)!;

describe('the catalog', () => {
  it('names every model of the papers once, under an id that can be typed', () => {
    const ids = CATALOG.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[a-z0-9.-]+$/);
    const papers = CATALOG.filter(({ source }) => /^(scientific-reasoning|svrd)/.test(source)).map(
      ({ name }) => name,
    );
    for (const name of [
      'Pixtral',
      'LLaVA 1.5',
      'Gemini 1.5 Flash',
      'Gemini 1.5 Flash 8B',
      'GPT-4',
      'GPT-4o mini',
      'Qwen2-VL',
      'PaliGemma',
      'LLaVA-CoT',
      'LLaVA-NeXT',
      'Phi-3.5',
      'Moondream 2',
      'KOSMOS-2',
      'ViLT',
    ]) {
      assert.ok(
        papers.some((known) => known.startsWith(name)),
        name,
      );
    }
  });

  it('says what each needs: a fetch, an endpoint, Python, or a larger machine', () => {
    const places = Object.fromEntries(CATALOG.map((one) => [one.id, placeOf(one, nowhere)]));
    assert.equal(places['smolvlm2-256m']?.place, 'to-fetch');
    assert.equal(places['gpt-4o-mini']?.place, 'needs-endpoint');
    assert.match(places['gpt-4o-mini']?.why ?? '', /"model": "gpt-4o-mini"/);
    assert.equal(places.vilt?.place, 'needs-python');
    assert.match(places.vilt?.why ?? '', /It writes no text, and scores a record’s choices\.$/);
    assert.equal(places['pixtral-12b']?.place, 'does-not-fit');
    assert.match(
      places['pixtral-12b']?.why ?? '',
      /take 25\.4 GB in bf16, and this machine has 16\.0 GB\. Serve it/,
    );
    assert.match(
      places['llava-next-7b']?.why ?? '',
      /Or serve it with vLLM or `transformers serve`, and name/,
    );
    assert.equal(places['kosmos-2']?.place, 'needs-python');
    assert.match(
      places['kosmos-2']?.why ?? '',
      /^It runs with Python, and none here has PyTorch and transformers/,
    );
    assert.equal(places['gemma-3-4b']?.place, 'needs-python');
    assert.equal(places['moondream-3']?.place, 'does-not-fit');
    for (const { why } of Object.values(places)) assert.match(why, /^[A-Z].*[.]$/);
  });

  it('says what Python runs here, on its GPU where the memory of the machine would not do', () => {
    const place = (id: string, gpuMemory: number) =>
      placeOf(entry(id), { ...nowhere, python: { gpuMemory } });
    assert.equal(place('kosmos-2', 0).place, 'to-fetch-for-python');
    assert.match(place('kosmos-2', 0).why, /`models get kosmos-2` says how large it is/);
    assert.equal(place('llava-cot-11b', 0).place, 'does-not-fit');
    assert.match(place('llava-cot-11b', 8e9).why, /take 21\.3 GB in bf16, and this machine has 16\.0 GB/);
    assert.equal(place('llava-cot-11b', 24e9).place, 'to-fetch-for-python');
    assert.match(place('llava-cot-11b', 24e9).why, / Or serve it with SGLang or `transformers serve`/);
    assert.equal(place('moondream-2', 0).place, 'to-fetch-for-python', 'by a class of ours');
  });

  it('has what takes least to run first', () => {
    const places = placedCatalog(CATALOG, nowhere).map(({ place }) => place);
    assert.deepEqual(
      [...new Set(places)],
      ['to-fetch', 'needs-python', 'needs-endpoint', 'does-not-fit', 'shut-down'],
    );
  });

  it('says which providers can run each', () => {
    const providers = (id: string) => providersOf(entry(id)).join(', ');
    assert.equal(providers('kosmos-2'), 'transformers');
    assert.equal(providers('vilt'), 'transformers');
    assert.equal(providers('llava-cot-11b'), 'transformers, openai');
    assert.equal(providers('smolvlm2-256m'), 'onnx, transformers, openai');
    assert.equal(providers('gpt-4o-mini'), 'openai');
  });

  it('says of what its makers shut down since when, and offers it until then', () => {
    assert.deepEqual(placeOf(entry('gpt-4'), nowhere), {
      entry: entry('gpt-4'),
      place: 'shut-down',
      why: 'Its makers shut it down on 2026-10-23, and its weights are not to be had.',
    });
    const { endpoints } = readEndpoints({ cloud: { url: 'http://10.0.0.1/v1', model: 'gpt-4' } });
    assert.equal(placeOf(entry('gpt-4'), { ...nowhere, endpoints }).place, 'at-endpoint');
    assert.match(placeOf(entry('gpt-4o-mini'), nowhere).why, /^Only its makers serve it, until 2027-01-14: /);
    assert.equal(placeOf(entry('gpt-4o-mini'), { ...nowhere, today: '2027-01-14' }).place, 'shut-down');
  });

  it('knows a model behind an endpoint by any of its names, and one that was fetched', () => {
    const { endpoints } = readEndpoints({
      rack: { url: 'http://10.0.0.1/v1', model: 'mistralai/Pixtral-12B-2409' },
    });
    const { place, why } = placeOf(entry('pixtral-12b'), { ...nowhere, endpoints });
    assert.deepEqual([place, why], ['at-endpoint', 'It answers as rack.']);
    assert.equal(
      placeOf(entry('smolvlm2-256m'), { ...nowhere, fetched: new Set(['smolvlm2-256m']) }).place,
      'here',
    );
  });

  it('takes in what a user adds, and says what is wrong with the rest', () => {
    const { catalog, problems } = readModelsOf([
      {
        name: 'a.json',
        value: {
          mine: { onnx: 'me/mine', family: 'smolvlm', parameters: 10 },
          vilt: { repository: 'me/vilt', family: 'vilt' },
          bad: { repository: 7, size: 3 },
          nowhere: { name: 'Nowhere' },
          'a b': {},
        },
      },
      { name: 'b.json', value: [] },
    ]);
    assert.deepEqual(
      [catalog[0]?.id, placeOf(catalog[0]!, nowhere).place, catalog.length],
      ['mine', 'to-fetch', CATALOG.length + 1],
    );
    assert.deepEqual(
      catalog.filter(({ id }) => id === 'vilt').map(({ repository }) => repository),
      ['me/vilt'],
    );
    assert.deepEqual(problems, [
      'a.json: The model "bad" has no setting "size".',
      'a.json: "repository" of the model "bad" must be a text.',
      'a.json: The model "nowhere" must say where it is to be had: "repository", "onnx" or "served".',
      'a.json: A model cannot be called "a b": letters, digits, dashes and, behind the first, dots can.',
      'b.json: "models" must be an object, by id.',
    ]);
  });

  it('counts the bytes of weights at each precision', () => {
    assert.equal(weightBytes(entry('vilt'), 'fp32'), 452e6);
    assert.equal(weightBytes(entry('vilt'), 'q4'), 56.5e6);
    assert.equal(weightBytes(entry('gpt-4'), 'bf16'), null);
  });
});

describe('model servers on this machine', () => {
  it('are found by asking their ports, and what is no model server is passed over', async () => {
    const answers = ['{"data": [{"id": "qwen2-vl:2b"}, {"id": 7}]}', '<html>', '{"data": 3}'];
    const servers = answers.map((answer) =>
      createServer((_, response) => response.end(answer)).listen(0, '127.0.0.1'),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const ports = servers.map(
      (server, i) => [(server.address() as AddressInfo).port, `server ${i}`] as const,
    );
    const found = await findLocalServers([...ports, [1, 'nobody']]);
    assert.deepEqual(found, [
      { name: 'server 0', url: `http://127.0.0.1:${ports[0]?.[0]}/v1`, models: ['qwen2-vl:2b'] },
    ]);
    for (const server of servers) server.close();
  });
});

describe('fetching a model', function () {
  this.timeout(60_000);
  let hub: FakeHub;
  let session: CliSession;
  let folder: string;

  before(function () {
    needsPair(this);
  });
  beforeEach(async () => {
    hub = await FakeHub.start(join(shippedModels, 'base'));
    session = new CliSession();
    folder = mkdtempSync(join(tmpdir(), 'rationale-fetched-'));
  });
  afterEach(async () => {
    await hub.close();
    session.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** The hub is in this process: waiting for the command must not block it. */
  async function run(...args: string[]) {
    const env = { ...session.environment, HF_ENDPOINT: hub.url, RATIONALE_MODELS: folder };
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: session.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    const status = await new Promise((resolve) => child.once('close', resolve));
    return { stdout, stderr, status };
  }
  const target = () => join(folder, 'some--model');

  it('brings nothing large without a yes, and says how large it is', async () => {
    const { status, stderr } = await run('models', 'get', 'some/model');
    assert.equal(status, 2);
    assert.match(
      stderr,
      /Nothing was fetched: some\/model \(\d+ MB in \d+ files\) from http:\/\/127\.0\.0\.1:\d+ into .* needs a yes, or --yes\.\n$/,
    );
    assert.ok(hub.asked.every((path) => !path.includes('.onnx')));
    assert.ok(!existsSync(target()));
  });

  it('makes a folder that runs', async () => {
    const { status, stdout, stderr } = await run('models', 'get', 'some/model', '--yes');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /annotate --model /);
    const graph = 'onnx/decoder_model_merged.onnx';
    assert.deepEqual(readFileSync(join(target(), graph)), readFileSync(join(shippedModels, 'base', graph)));
    session.write('problems.json', dataset(2));
    const annotated = await run('annotate', 'problems.json', '--model', 'some--model', '--format', 'json');
    assert.equal(JSON.parse(annotated.stdout).runs[0].n, 2, annotated.stderr);
    const { stdout: measured } = await run('models', 'doctor', 'some--model', '--format', 'json');
    const [row] = JSON.parse(measured);
    assert.ok(row.tokensPerSecond > 0 && row.memory > 10e6 && /CPU/.test(row.device), measured);
  });

  it('goes on where it broke off', async () => {
    hub.breaks.set('onnx/vision_encoder.onnx', {
      bytes: 1000,
      heldBy: join(`${target()}.begun`, 'onnx', 'vision_encoder.onnx.part'),
    });
    const first = await run('models', 'get', 'some/model', '--yes');
    assert.notEqual(first.status, 0);
    assert.ok(!existsSync(target()), 'half a model is none');
    hub.asked.length = 0;
    assert.equal((await run('models', 'get', 'some/model', '--yes')).status, 0);
    assert.deepEqual(
      hub.asked.filter((path) => path.includes('vision_encoder')),
      ['/some/model/resolve/main/onnx/vision_encoder.onnx bytes=1000-'],
    );
  });

  it('refuses a file that is not what the hub says it is', async () => {
    hub.spoiled.add('onnx/embed_tokens.onnx');
    const { status, stderr } = await run('models', 'get', 'some/model', '--yes');
    assert.equal(status, 2);
    assert.match(
      stderr,
      /onnx\/embed_tokens\.onnx of some\/model did not arrive as the hub describes it: fetch it again\.\n$/,
    );
    assert.ok(!existsSync(target()));
  });

  it('fetches what a user added, and lists it with the bytes of its weights', async () => {
    session.write(
      'rationale.models.json',
      '{"models": {"mine": {"onnx": "some/model", "family": "llava", "parameters": 100}}}',
    );
    assert.match(
      (await run('models', 'list')).stdout,
      /^mine +100 million +once fetched\n {4}It runs here once it is fetched: `models get mine`/m,
    );
    const rows = JSON.parse((await run('models', 'list', '--format', 'json')).stdout);
    const row = (id: string) => rows.find((one: { id: string }) => one.id === id);
    assert.deepEqual(row('mine').weightBytes, { fp32: 4e8, bf16: 2e8, int8: 1e8, q4: 5e7 });
    assert.equal(row('gpt-4').weightBytes.bf16, null);
    assert.equal((await run('models', 'get', 'mine', '--yes')).status, 0);
    assert.match((await run('models', 'list')).stdout, /mine +│ other +│ onnx .* yes/);
  });

  it('shows all that is known of one, and lists all within eighty columns', async () => {
    const shown = (await run('models', 'show', 'kosmos-2')).stdout;
    assert.match(shown, /^weights alone +6\.7 GB in fp32, 3\.3 GB in bf16, 1\.7 GB in int8, /m);
    assert.match(shown, /^licence +mit$/m);
    assert.match(shown, /^answers end at +<\/s>$/m);
    assert.match(shown, /^runs here +\S/m);
    assert.match((await run('models', 'show', 'sketchbook-teacher')).stdout, /^trained with +setting-1, /m);
    const { status, stderr } = await run('models', 'show', 'nothing');
    assert.deepEqual(
      [status, stderr],
      [2, 'There is no model nothing: `models list` has those that are known.\n'],
    );
    for (const line of (await run('models', 'list')).stdout.split('\n')) assert.ok(line.length <= 80, line);
  });

  it('says in one sentence what there is not', async () => {
    assert.match(
      (await run('models', 'get', 'some/other')).stderr,
      /does not have \/api\/models\/some\/other\/tree\/main \(HTTP 404\)\.\n$/,
    );
    assert.match(
      (await run('models', 'get', 'llava-1.5-7b')).stderr,
      /does not have \/api\/models\/llava-hf\/llava-1\.5-7b-hf\/tree\/main \(HTTP 404\)\.\n$/,
    );
    assert.match(
      (await run('models', 'get', 'gpt-4')).stderr,
      /^GPT-4 cannot be fetched: its weights are not to be had\.\n$/,
    );
    assert.match(
      (await run('models', 'get', 'nothing')).stderr,
      /^There is no model "nothing" in the catalog/,
    );
    session.write('problems.json', dataset(1));
    assert.match(
      (await run('annotate', 'problems.json', '--model', 'smolvlm2-256m')).stderr,
      /^SmolVLM2 256M is not at hand\. It runs here once it is fetched: `models get smolvlm2-256m`/,
    );
  });
});
