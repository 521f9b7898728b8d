import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Prediction, Scores } from '../../server/src/core/models/types.ts';
import { forked } from '../../server/src/inference/hosts/host-process.ts';
import { HostedModel } from '../../server/src/inference/hosts/model.ts';
import { textRequest } from './inference-fixtures.ts';

const DECODING = { maxNewTokens: 8, temperature: 0 } as const;
const notices: string[] = [];

function fakeModel(folder = 'fine', working = 5000): HostedModel {
  return new HostedModel({
    card: {
      id: 'fake',
      name: 'Fake',
      provider: 'onnx',
      role: 'other',
      folder,
      revision: '',
      description: '',
    },
    called: 'The model host',
    startHost: () => forked(join(import.meta.dirname, 'inference-fake-host.ts')),
    load: { type: 'load', folder, device: { kind: 'cpu', threads: 1 } },
    deviceName: 'CPU (1 thread)',
    size: 0,
    patience: { working, loading: 10_000 },
    onNotice: (sentence) => notices.push(sentence),
  });
}

async function collect(
  model: HostedModel,
  keys: readonly string[],
  signal = new AbortController().signal,
): Promise<Map<string, Prediction>> {
  const found = new Map<string, Prediction>();
  for await (const prediction of model.generate(
    keys.map((key) => textRequest(key, key)),
    DECODING,
    signal,
  )) {
    assert.ok(!found.has(prediction.key), `${prediction.key} came twice`);
    found.set(prediction.key, prediction);
  }
  return found;
}

const isRunning = (pid: number | undefined) => {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function gone(pid: number | undefined): Promise<void> {
  for (let i = 0; i < 100 && isRunning(pid); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(isRunning(pid), false, `process ${pid} is still running`);
}

describe('watching over model hosts', () => {
  let model: HostedModel;
  beforeEach(() => notices.splice(0));
  afterEach(() => model.close());

  it('gives up a record that kills its host twice, in one sentence, and answers all the others', async () => {
    model = fakeModel();
    const found = await collect(model, ['a', 'b', 'crash', 'c', 'd']);
    assert.deepEqual([...found.keys()].sort(), ['a', 'b', 'c', 'crash', 'd']);
    assert.equal(found.get('crash')?.finishReason, 'error');
    assert.equal(found.get('crash')?.error, 'The model host was ended by SIGABRT on this record, twice.');
    for (const key of ['a', 'b', 'c', 'd']) assert.equal(found.get(key)?.output, `echo ${key}`);
    assert.deepEqual(notices, Array(2).fill('The model host was ended by SIGABRT; another one goes on.'));
  });

  it('does the same where texts are scored, each request answered once', async () => {
    model = fakeModel();
    const found: Scores[] = [];
    const requests = ['a', 'crash', 'b'].map((key) => ({ ...textRequest(key, key), texts: [] }));
    for await (const scores of model.score(requests, new AbortController().signal)) found.push(scores);
    assert.deepEqual(
      found.toSorted((one, other) => one.key.localeCompare(other.key)),
      [
        { key: 'a', texts: [] },
        { key: 'b', texts: [] },
        { key: 'crash', texts: [], error: 'The model host was ended by SIGABRT on this record, twice.' },
      ],
    );
  });

  it('replaces a host that hangs', async () => {
    model = fakeModel('fine', 1000);
    const found = await collect(model, ['a', 'hang', 'b']);
    assert.deepEqual([...found.keys()].sort(), ['a', 'b', 'hang']);
    assert.equal(
      found.get('hang')?.error,
      'The model host gave no sign of life for 1 second on this record, twice.',
    );
    assert.equal(found.get('b')?.output, 'echo b');
  });

  it('kills the host when the run is cancelled, even one that hangs, and starts another for the next run', async () => {
    model = fakeModel();
    const cancel = new AbortController();
    const requests = ['a', 'hang', 'b'].map((key) => textRequest(key, key));
    const found: string[] = [];
    let pid: number | undefined;
    let cancelled = 0;
    for await (const { key } of model.generate(requests, DECODING, cancel.signal)) {
      found.push(key);
      pid = model.hostPid;
      setTimeout(() => {
        cancelled = performance.now();
        cancel.abort();
      }, 100);
    }
    assert.ok(performance.now() - cancelled < 2000, 'the run went on after it was cancelled');
    assert.deepEqual(found, ['a']);
    await gone(pid);
    assert.equal((await collect(model, ['again'])).get('again')?.output, 'echo again');
  });

  it('kills the host when nobody listens any more', async () => {
    model = fakeModel();
    let pid: number | undefined;
    for await (const _ of model.generate(
      [textRequest('a', 'a'), textRequest('hang', '')],
      DECODING,
      new AbortController().signal,
    )) {
      pid = model.hostPid;
      break;
    }
    await gone(pid);
  });

  it('leaves nothing running when it is closed', async () => {
    model = fakeModel();
    await model.start();
    const pid = model.hostPid;
    assert.equal(isRunning(pid), true);
    await model.close();
    await gone(pid);
  });

  it('runs one request after the other', async () => {
    model = fakeModel();
    const [first, second] = await Promise.all([collect(model, ['a', 'b']), collect(model, ['c'])]);
    assert.deepEqual([[...first.keys()], [...second.keys()]], [['a', 'b'], ['c']]);
  });

  it('passes on why a model cannot be loaded', async () => {
    model = fakeModel('broken');
    await assert.rejects(collect(model, ['a']), { message: 'The weights are broken.' });
  });

  it('ends the run when hosts die without having begun', async () => {
    model = fakeModel('deadly');
    await assert.rejects(collect(model, ['a']), {
      message: 'The model host ended with code 3, 3 times in a row.',
    });
  });
});
