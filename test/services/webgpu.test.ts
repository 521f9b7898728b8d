/** Models on WebGPU: ONNX Runtime's own, over Vulkan, on an adapter that is made of software. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ModelRequest, ScoredText, TextScore } from '../../server/src/core/models/types.ts';
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
import { needsPython, runPython } from './served-model.ts';
import { ADAPTER, softwareAdapter } from './software-adapter.ts';

const root = resolve(import.meta.dirname, '../..');
const STUDENT = 'sketchbook-student';
/** What the trainer can make a tiny model of, and export. */
const KINDS = [
  'llava',
  'llava-next',
  'llava-onevision',
  'qwen2-vl',
  'qwen2.5-vl',
  'paligemma',
  'idefics3',
  'smolvlm',
  'moondream',
];
/** What is asked for beside the requests. */
interface Asked {
  readonly model: string;
  readonly maxNewTokens: number;
  readonly scored: readonly ScoredText[];
}

/** Letters behind one beginning, and a text of several tokens behind another. */
const SCORED = [
  { given: '<CONCLUSION>', text: 'A' },
  { given: '<CONCLUSION>', text: 'B' },
  { given: '<REASONING>Like poles repel.', text: '</REASONING><CONCLUSION>B' },
];
const OF_STUDENT: Asked = { model: STUDENT, maxNewTokens: 24, scored: SCORED };
/** How far a GPU's own arithmetic may take a logarithm. */
const CLOSE = 1e-3;

interface Answers {
  readonly device: string;
  readonly notices: readonly string[];
  readonly outputs: ReadonlyMap<string, string>;
  /** Of texts that were given, by request. */
  readonly scores: ReadonlyMap<string, readonly TextScore[]>;
}

async function ask(
  device: DeviceSetting,
  requests: readonly ModelRequest[],
  { model: name, maxNewTokens, scored }: Asked,
): Promise<Answers> {
  const [provider] = createProviders({ shippedModels, device, named: [name] });
  const card = (await provider?.list())?.find(({ id }) => id === name);
  assert.ok(provider && card);
  const notices: string[] = [];
  const model = await provider.open(card, (sentence) => notices.push(sentence));
  const outputs = new Map<string, string>();
  const scores = new Map<string, readonly TextScore[]>();
  try {
    for await (const { key, output, error } of model.generate(
      requests,
      { maxNewTokens, temperature: 0 },
      new AbortController().signal,
    )) {
      assert.equal(error, undefined);
      outputs.set(key, output);
    }
    const scoring = requests.map((request) => ({ ...request, texts: scored }));
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
    await compare(requests, OF_STUDENT);
  });

  it('does so for every kind of model', async function () {
    needsPython(this);
    const folder = mkdtempSync(join(tmpdir(), 'rationale-webgpu-'));
    try {
      runPython(
        '-c',
        `from pathlib import Path
from rationale_trainer.families import load
from rationale_trainer.tiny import write_tiny
folder = Path(${JSON.stringify(folder)})
for name in ${JSON.stringify(KINDS)}:
    write_tiny(name, folder / "weights" / name)
    load(folder / "weights" / name).export(folder / name)
`,
      );
      const picture = join(root, 'media', 'icon.png');
      // The picture first: a graph must not be led astray by what another one has run.
      const requests = [textRequest('picture', 'what colour?', picture), textRequest('text', 'green blue')];
      const scored = [{ given: '', text: 'a solid' }];
      for (const kind of KINDS)
        await compare(requests, { model: join(folder, kind), maxNewTokens: 10, scored });
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });

  /** Holds what WebGPU makes of the requests to what the CPU makes of them. */
  async function compare(requests: readonly ModelRequest[], asked: Asked): Promise<void> {
    const cpu = await ask('cpu', requests, asked);
    Object.assign(process.env, adapter);
    const webgpu = await ask('webgpu', requests, asked);
    assert.deepEqual(webgpu.notices, []);
    assert.match(webgpu.device, new RegExp(`^WebGPU on ${ADAPTER.source}$`));
    assert.equal(cpu.outputs.size, requests.length);
    assert.deepEqual(webgpu.outputs, cpu.outputs, asked.model);
    for (const { key } of requests) {
      const [ours, theirs] = [cpu, webgpu].map(({ scores }) =>
        (scores.get(key) ?? []).flatMap(({ tokens }) => tokens),
      );
      assert.ok(ours && theirs && ours.length > asked.scored.length && ours.length === theirs.length);
      ours.forEach((one, i) => {
        const both = `${one} on the CPU, ${theirs[i]}`;
        assert.ok(Math.abs(one - (theirs[i] as number)) < CLOSE, `${asked.model}, ${key}: ${both}`);
      });
    }
  }

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
