import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { createProviders } from '../../server/src/inference/index.ts';
import { type LoadedModel, loadModel } from '../../server/src/inference/onnx/host/load.ts';
import { rehearse } from '../../server/src/inference/onnx/host/rehearse.ts';
import { onnxProvider } from '../../server/src/inference/onnx/provider.ts';
import { CliSession } from './cli-session.ts';
import { finding, works } from './found-devices.ts';
import { needsPair, recordIds, requestFor, sample, shippedModels } from './inference-fixtures.ts';

const isLinux = process.platform === 'linux' && process.arch === 'x64';

describe('a model whose device fails it', function () {
  this.timeout(120_000);
  let model: LoadedModel;
  before(async function () {
    needsPair(this);
    model = await loadModel(join(shippedModels, 'student'), { kind: 'cpu', threads: 1 });
  });

  /** A session whose runs are answered otherwise. */
  const acting = (
    session: InferenceSession,
    act: (results: Promise<InferenceSession.ReturnType>) => unknown,
  ) =>
    new Proxy(session, {
      get: (target, name) =>
        name === 'run'
          ? (...args: Parameters<InferenceSession['run']>) => act(target.run(...args))
          : Reflect.get(target, name, target),
    });

  it('is found out before it is used', async () => {
    await rehearse(model);
    const { sessions } = model;
    const vision = acting(sessions.vision, () => Promise.reject(new Error('Conv is not implemented')));
    await assert.rejects(rehearse({ ...model, sessions: { ...sessions, vision } }), {
      message: 'It loads, but cannot be run: Conv is not implemented.',
    });
    const session = acting(sessions.decoder.session, async (results) => {
      const { logits, ...others } = await results;
      const { data, dims } = logits as Tensor;
      return { ...others, logits: new Tensor('float32', (data as Float32Array).fill(Number.NaN), dims) };
    });
    const decoder = { ...sessions.decoder, session };
    await assert.rejects(rehearse({ ...model, sessions: { ...sessions, decoder } }), {
      message: 'It loads, but cannot be run: What it computes are no numbers.',
    });
  });

  describe('where the setting says auto', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'rationale-device-'));
      cpSync(join(shippedModels, 'student'), folder, { recursive: true, dereference: true });
      // As large as models are that are worth another device, by what is no weight: blanks behind its settings.
      appendFileSync(join(folder, 'preprocessor_config.json'), ' '.repeat(1e8));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('runs on the next, and it says why', async function () {
      if (!isLinux) this.skip();
      // Devices that pass their probe and do not take the model: this machine has neither.
      const probe = finding({ cuda: works(1), webgpu: works(2), cpu: works(100) });
      const [card] = (await onnxProvider({ shippedModels, device: 'auto', named: [folder] }).list()).slice(
        -1,
      );
      assert.ok(card);
      const notices: string[] = [];
      const open = (device: 'auto' | 'cuda') =>
        onnxProvider({ shippedModels, device, named: [folder], probe }).open(card, (one) =>
          notices.push(one),
        );
      const opened = await open('auto');
      try {
        assert.match(opened.device, /^CPU /);
        const [cuda, webgpu, ...others] = opened.passedOver ?? [];
        assert.match(
          cuda ?? '',
          new RegExp(`^${card.name} does not run on CUDA: The model file .+ cannot be loaded: .+\\.$`),
        );
        assert.match(
          webgpu ?? '',
          new RegExp(`^${card.name} does not run on WebGPU: The model file .+ cannot be loaded: .+\\.$`),
        );
        assert.deepEqual(others, []);
        assert.deepEqual(notices, [`${cuda} ${webgpu} ${card.name} runs on ${opened.device}.`]);
        const [id = ''] = recordIds('test');
        for await (const { error } of opened.generate(
          [requestFor(id)],
          { maxNewTokens: 4, temperature: 0 },
          new AbortController().signal,
        ))
          assert.equal(error, undefined);
      } finally {
        await opened.close();
      }
      await assert.rejects(open('cuda'), /^Error: The model file .+ cannot be loaded: .+\.$/);
    });
  });
});

describe('devices on the command line', function () {
  this.timeout(120_000);
  let session: CliSession;
  beforeEach(function () {
    needsPair(this);
    if (!isLinux) this.skip();
    session = new CliSession();
  });
  afterEach(() => session?.close());

  it('are tried one by one, best first', () => {
    const { status, stdout } = session.run('models', 'devices', '--format', 'json');
    const rows = JSON.parse(stdout) as {
      device: string;
      state: string;
      milliseconds: number | null;
      problem: string | null;
    }[];
    assert.equal(status, 0);
    assert.deepEqual(
      rows.map(({ device }) => device),
      ['cuda', 'webgpu', 'cpu', 'dml', 'coreml'],
    );
    const cpu = rows.find(({ device }) => device === 'cpu');
    assert.ok(cpu?.state === 'works' && (cpu.milliseconds ?? 0) > 0 && cpu.problem === null);
    assert.deepEqual(
      rows.slice(3).map(({ state }) => state),
      ['elsewhere', 'elsewhere'],
    );
    for (const { state, problem } of rows) assert.ok(state === 'works' || /^.+\.$/.test(problem ?? ''));
  });

  it('are asked for, and what is not there is said in one sentence', () => {
    for (const [device, expected] of [
      [
        'dml',
        /^DirectML is not to be had here: ONNX Runtime has it on Windows; choose auto, cuda, webgpu, cpu\.\n$/,
      ],
      [
        'coreml',
        /^Core ML is not to be had here: ONNX Runtime has it on macOS \(Apple silicon\); choose auto, cuda, webgpu, cpu\.\n$/,
      ],
    ] as const) {
      const { status, stderr } = session.run(
        'annotate',
        join(sample, 'problems.json'),
        '--model',
        'sketchbook-student',
        '--limit',
        '1',
        '--device',
        device,
      );
      assert.equal(status, 2, stderr);
      assert.match(stderr, expected);
    }
  });

  it('are named by the doctor, with those that were passed over', () => {
    const { stdout } = session.run('models', 'doctor', 'sketchbook-student', '--format', 'json');
    const [row] = JSON.parse(stdout);
    assert.equal(row.device, 'CPU (1 thread)');
    assert.match(row.passedOver.join(), /^Models of less than 100 MB run on the CPU: .+\.$/);
  });
});

describe('a device for models that run with Python', () => {
  it('is one that PyTorch has', async () => {
    const python = { find: () => assert.fail('nothing is to be started') };
    const providers = createProviders({ shippedModels, device: 'webgpu', named: [], python });
    const provider = providers.find(({ id }) => id === 'transformers');
    const card = {
      id: 'mine',
      name: 'Mine',
      provider: 'transformers',
      role: 'other',
      revision: '1',
      description: '',
      folder: '.',
    } as const;
    await assert.rejects(async () => provider?.open(card, () => {}), {
      message: 'Mine runs with PyTorch, which does not have the device webgpu: choose auto, cuda, cpu.',
    });
  });
});
