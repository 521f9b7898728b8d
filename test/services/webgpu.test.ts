/** Models on WebGPU: ONNX Runtime's own, over Vulkan, on an adapter that is made of software. */
import assert from 'node:assert/strict';
import type { ModelRequest, TextScore } from '../../server/src/core/models/types.ts';
import { createProviders, type DeviceSetting } from '../../server/src/inference/index.ts';
import { devicesFor } from '../../server/src/inference/onnx/devices/choose.ts';
import { probeDevice } from '../../server/src/inference/onnx/devices/probe.ts';
import { CliSession } from '../server/cli-session.ts';
import {
  all,
  needsPair,
  recordIds,
  requestFor,
  shippedModels,
  textRequest,
} from '../server/inference-fixtures.ts';
import { ADAPTER, softwareAdapter } from './software-adapter.ts';

const STUDENT = 'sketchbook-student';
const DECODING = { maxNewTokens: 24, temperature: 0 };
/** Letters behind one beginning, and a text of several tokens behind another. */
const SCORED = [
  { given: '<CONCLUSION>', text: 'A' },
  { given: '<CONCLUSION>', text: 'B' },
  { given: '<REASONING>Like poles repel.', text: '</REASONING><CONCLUSION>B' },
];
/** How far a GPU's own arithmetic may take a logarithm. */
const CLOSE = 1e-3;

interface Answers {
  readonly device: string;
  readonly notices: readonly string[];
  readonly outputs: ReadonlyMap<string, string>;
  /** Of texts that were given, by request. */
  readonly scores: ReadonlyMap<string, readonly TextScore[]>;
}

async function ask(device: DeviceSetting, requests: readonly ModelRequest[]): Promise<Answers> {
  const [provider] = createProviders({ shippedModels, device, named: [] });
  const card = (await provider?.list())?.find(({ id }) => id === STUDENT);
  assert.ok(provider && card);
  const notices: string[] = [];
  const model = await provider.open(card, (sentence) => notices.push(sentence));
  const outputs = new Map<string, string>();
  const scores = new Map<string, readonly TextScore[]>();
  try {
    for await (const { key, output, error } of model.generate(
      requests,
      DECODING,
      new AbortController().signal,
    )) {
      assert.equal(error, undefined);
      outputs.set(key, output);
    }
    const scoring = requests.map((request) => ({ ...request, texts: SCORED }));
    for await (const { key, texts, error } of model.score?.(scoring, new AbortController().signal) ?? []) {
      assert.equal(error, undefined);
      scores.set(key, texts);
    }
  } finally {
    await model.close();
  }
  return { device: model.device, notices, outputs, scores };
}

describe('WebGPU on a software adapter', function () {
  // Its shaders are compiled anew by every process, and run on the CPU.
  this.timeout(600_000);
  let adapter: Record<string, string>;
  const ours = { ...process.env };
  before(function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    needsPair(this);
    adapter = softwareAdapter(this);
  });
  afterEach(() => {
    for (const name of Object.keys(adapter)) {
      if (ours[name] === undefined) delete process.env[name];
      else process.env[name] = ours[name];
    }
  });

  it('writes the tokens that the CPU writes, with pictures and without, and scores texts as the CPU does', async () => {
    const requests = [
      ...recordIds('test')
        .slice(0, 2)
        .map((id) => requestFor(id)),
      textRequest('text', 'Question: Which of these is a magnet?\nChoices: (A) a nail (B) a compass needle'),
    ];
    const cpu = await ask('cpu', requests);
    Object.assign(process.env, adapter);
    const webgpu = await ask('webgpu', requests);
    assert.deepEqual(webgpu.notices, []);
    assert.match(webgpu.device, new RegExp(`^WebGPU on ${ADAPTER.source}$`));
    assert.equal(cpu.outputs.size, requests.length);
    assert.deepEqual(webgpu.outputs, cpu.outputs);
    for (const { key } of requests) {
      const [ours, theirs] = [cpu, webgpu].map(({ scores }) =>
        (scores.get(key) ?? []).flatMap(({ tokens }) => tokens),
      );
      assert.ok(ours && theirs && ours.length > SCORED.length && ours.length === theirs.length);
      ours.forEach((one, i) => {
        assert.ok(Math.abs(one - (theirs[i] as number)) < CLOSE, `${key}: ${one} on the CPU, ${theirs[i]}`);
      });
    }
  });

  it('is named with its adapter by the doctor', () => {
    const session = new CliSession();
    try {
      Object.assign(session.environment, adapter);
      const { stdout, stderr } = session.run(
        'models',
        'doctor',
        STUDENT,
        '--device',
        'webgpu',
        '--format',
        'json',
      );
      const [row] = JSON.parse(stdout);
      assert.equal(row.problem, null, stderr);
      assert.match(row.device, new RegExp(`^WebGPU on ${ADAPTER.source}$`));
      assert.ok(row.tokensPerSecond > 0);
    } finally {
      session.close();
    }
  });

  it('does not win over the CPU by itself', async () => {
    Object.assign(process.env, adapter);
    const found = await all(devicesFor('auto', 10 ** 9, (kind) => probeDevice(kind)));
    const last = found.pop();
    assert.ok(last && 'device' in last && last.device.kind === 'cpu');
    const why = found.map((one) => ('why' in one ? one.why : one.name));
    assert.match(
      why.at(-1) ?? '',
      new RegExp(`^WebGPU \\(${ADAPTER.source}\\) is no faster than the CPU here: .+\\.$`),
    );
  });
});
