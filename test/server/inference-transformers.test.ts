import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { originOfSnapshot } from '../../server/src/inference/hub/cache.ts';
import { createProviders, type ProviderOptions, readAllowedCode } from '../../server/src/inference/index.ts';
import { mayRunCode } from '../../server/src/inference/transformers/remote-code.ts';
import { weightsRevision } from '../../server/src/inference/weights-folder.ts';
import { CLI, CliSession } from './cli-session.ts';
import { FakeHub } from './fake-hub.ts';
import { Editor } from './harness.ts';
import { dataset } from './sample-dataset.ts';

const fakePython = resolve(import.meta.dirname, 'fake-python.mjs');
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const python = { find: async () => ({ path: fakePython, variables: {} }) };

/** Bytes of a file of weights with two tensors of `size` bytes each. */
function weights(size: number, fill = [1, 2]): Buffer {
  const header = Buffer.from(
    JSON.stringify({
      a: { dtype: 'F32', shape: [size / 4], data_offsets: [0, size] },
      b: { dtype: 'F32', shape: [size / 4], data_offsets: [size, 2 * size] },
    }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...fill.map((value) => Buffer.alloc(size, value))]);
}

describe('folders of Hugging Face weights', function () {
  this.timeout(60_000);
  let top: string;
  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), 'rationale-weights-'));
  });
  afterEach(() => rmSync(top, { recursive: true, force: true, maxRetries: 5 }));

  function folder(name: string, type = 'mllama', path = join(top, name)): string {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'config.json'), JSON.stringify({ model_type: type }));
    writeFileSync(join(path, 'model.safetensors'), weights(16));
    return path;
  }

  async function listed(options: Partial<ProviderOptions>) {
    const providers = createProviders({ shippedModels: top, device: 'cpu', named: [], python, ...options });
    const lists = await Promise.all(providers.map((provider) => provider.list()));
    return lists.flat().filter(({ role }) => role === 'other');
  }

  it('are models of Python alone, with a revision that their weights make', async () => {
    const path = folder('mine');
    const [card, ...others] = await listed({ named: [path] });
    assert.deepEqual(others, []);
    assert.deepEqual([card?.provider, card?.unavailable, card?.id], ['transformers', undefined, path]);
    assert.match(card?.revision ?? '', /^[0-9a-f]{64}$/);
    writeFileSync(join(path, 'model.safetensors'), weights(16, [1, 3]));
    assert.notEqual((await listed({ named: [path] }))[0]?.revision, card?.revision);
    const [vilt] = await listed({ named: [folder('vilt', 'vilt')] });
    assert.equal(vilt?.scoresChoices, true);
    assert.deepEqual([card?.scores, card?.constrains], [true, ['choice', 'json', 'regex']]);
    assert.deepEqual([vilt?.scores, vilt?.constrains], [undefined, undefined], 'it writes nothing');
  });

  it('say what is missing', async () => {
    const path = folder('cut');
    rmSync(join(path, 'model.safetensors'));
    const map = { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' };
    writeFileSync(join(path, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
    writeFileSync(join(path, map.a), weights(16));
    const [card] = await listed({ named: [path] });
    assert.equal(card?.unavailable, `${path} cannot run: the file ${map.b} is missing in ${path}.`);
    const [without] = await listed({ named: [folder('whole')], python: undefined });
    assert.match(without?.unavailable ?? '', /cannot run: it needs Python, which may not be started here\.$/);
  });

  it('are told apart when they are large by what every tensor begins with, without being read whole', async () => {
    const path = folder('large');
    const file = join(path, 'model.safetensors');
    const size = 40_000_000;
    const write = (place: number, value: number) => {
      const whole = weights(size, []);
      writeFileSync(file, whole);
      truncateSync(file, whole.length + 2 * size);
      const opened = openSync(file, 'r+');
      writeSync(opened, Buffer.from([value]), 0, 1, whole.length + place);
      return weightsRevision(path);
    };
    const first = await write(0, 1);
    assert.notEqual(await write(0, 2), first);
    assert.notEqual(await write(size + 100, 1), first, 'the second tensor');
    assert.equal(await write(0, 1), first);
  });

  it('are told apart by a learnt prefix too, which no index of their files names', async () => {
    const path = folder('prefixed');
    const map = { a: 'model.safetensors' };
    writeFileSync(join(path, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
    const revisions: string[] = [await weightsRevision(path)];
    for (const size of [8, 16]) {
      writeFileSync(join(path, 'prefix.safetensors'), weights(size));
      revisions.push(await weightsRevision(path));
    }
    assert.equal(new Set(revisions).size, 3);
  });

  it('are found in the model cache, at the commit that a branch means or that is named', async () => {
    const before = process.env.HF_HUB_CACHE;
    process.env.HF_HUB_CACHE = join(top, 'hub');
    try {
      const repository = join(top, 'hub', 'models--some--model');
      const path = folder('', 'mllama', join(repository, 'snapshots', COMMIT));
      mkdirSync(join(repository, 'refs'));
      writeFileSync(join(repository, 'refs', 'main'), COMMIT);
      const named = ['some/model', `some/model@${COMMIT}`, 'some/model@other', 'some/other'];
      const cards = await listed({ named });
      assert.deepEqual(
        cards.map(({ id, folder: at }) => [id, at]),
        [
          ['some/model', path],
          [`some/model@${COMMIT}`, path],
        ],
      );
      assert.equal(originOfSnapshot(path), `some/model@${COMMIT}`);
      assert.ok(mayRunCode(path, [`some/model@${COMMIT}`], false));
      assert.ok(!mayRunCode(path, [`some/model@${COMMIT.replace('0', '1')}`], false), 'another commit');
    } finally {
      if (before === undefined) delete process.env.HF_HUB_CACHE;
      else process.env.HF_HUB_CACHE = before;
    }
  });

  it('are not believed what they say of their origin', () => {
    const posing = folder('', 'mine', join(top, 'models--some--model', 'snapshots', COMMIT));
    writeFileSync(join(posing, 'origin.json'), JSON.stringify({ repository: 'some/model', commit: COMMIT }));
    assert.ok(!mayRunCode(posing, [`some/model@${COMMIT}`], false));
    assert.ok(mayRunCode(posing, [`some/model@${COMMIT}`], true), 'unless it was fetched by us');
  });

  it('may run their own code by name and commit only', () => {
    const { allowed, problems } = readAllowedCode('X', [`a/b@${COMMIT}`, 'a/b', 'a/b@main', 7]);
    assert.deepEqual(allowed, [`a/b@${COMMIT}`]);
    assert.equal(problems.length, 3);
    assert.match(problems[1] ?? '', /^X: "a\/b@main" is no repository at a commit/);
    assert.deepEqual(readAllowedCode('X', true).problems, ['X must be a list of "owner/name@commit".']);
  });

  it('say in one command how to make an environment, where there is no Python that runs them', () => {
    const session = new CliSession();
    session.write('problems.json', dataset(1));
    Object.assign(session.environment, {
      RATIONALE_PYTHON: fakePython,
      FAKE_TRAINER: JSON.stringify({ missing: ['torch'] }),
    });
    const { status, stderr } = session.run('annotate', 'problems.json', '--model', folder('mine'));
    session.close();
    assert.equal(status, 2);
    assert.match(stderr, /^This model needs Python packages: \S+fake-python\.mjs lacks torch\. This makes/);
  });

  describe('from a hub', () => {
    let hub: FakeHub;
    let session: CliSession;
    beforeEach(async () => {
      const path = folder('hub', 'own_kind');
      writeFileSync(join(path, 'modeling_own.py'), 'raise SystemExit');
      writeFileSync(join(path, 'consolidated.safetensors'), weights(16));
      hub = await FakeHub.start(path);
      hub.commit = COMMIT;
      session = new CliSession();
    });
    afterEach(async () => {
      await hub.close();
      session.close();
    });

    async function run(environment: NodeJS.ProcessEnv, ...args: string[]) {
      const env = {
        ...session.environment,
        ...{ HF_ENDPOINT: hub.url, RATIONALE_MODELS: join(top, 'fetched'), RATIONALE_PYTHON: fakePython },
        ...environment,
      };
      const child = spawn(process.execPath, [CLI, ...args], { cwd: session.folder, env });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (text) => (stdout += text));
      child.stderr.on('data', (text) => (stderr += text));
      await new Promise((done) => child.once('close', done));
      return { stdout, stderr };
    }

    it('come at the commit that is meant, without code', async () => {
      await run({}, 'models', 'get', 'some/model', '--yes');
      const path = join(top, 'fetched', 'some--model');
      const there = (name: string) => existsSync(join(path, name));
      assert.deepEqual(
        ['model.safetensors', 'config.json', 'modeling_own.py', 'consolidated.safetensors'].map(there),
        [true, true, false, false],
      );
      assert.deepEqual(JSON.parse(readFileSync(join(path, 'origin.json'), 'utf8')), {
        repository: 'some/model',
        commit: COMMIT,
      });
      session.write('problems.json', dataset(2));
      const { stdout, stderr } = await run(
        {},
        ...['annotate', 'problems.json', '--model', 'some--model', '--format', 'json'],
      );
      const [{ n, device }] = JSON.parse(stdout).runs;
      assert.deepEqual([n, device], [2, 'a fake GPU, torch 1.0.0']);
      assert.match(stderr, /Code may run: false\./);
      assert.match((await run({}, 'models')).stdout, /some--model +│ other +│ transformers .* with Python/);
    });

    it('come with code that was allowed by name and commit, which then may run', async () => {
      const allowed = { RATIONALE_REMOTE_CODE: `other/one@${COMMIT} some/model@${COMMIT}` };
      await run(allowed, 'models', 'get', 'some/model', '--yes');
      assert.ok(existsSync(join(top, 'fetched', 'some--model', 'modeling_own.py')));
      const { stderr } = await run(allowed, 'models', 'doctor', 'some--model');
      assert.match(stderr, /Code may run: true\./);
    });
  });

  describe('in the editor', () => {
    let editor: Editor;
    afterEach(() => editor.stop());

    it('start no Python in a workspace that is not trusted, and answer in one that is', async () => {
      const log = join(top, 'started.log');
      editor = await Editor.start({
        options: { trusted: false },
        settings: { python: fakePython },
        environment: { FAKE_PYTHON_LOG: log },
      });
      const model = folder('mine');
      const uri = pathToFileURL(editor.write('problems.json', dataset(2))).href;
      await editor.open('problems.json', dataset(2));
      await editor.request('rationale/models', null);
      await assert.rejects(editor.annotate({ uri, model }), /not trusted/);
      assert.ok(!existsSync(log), 'not even looked at');
      await editor.connection.sendNotification('rationale/trustGranted');
      assert.equal((await editor.annotate({ uri, model })).done, 2);
      const { models } = await editor.request('rationale/models', null);
      const row = models.find(({ id }) => id === model);
      assert.deepEqual([row?.provider, row?.device], ['transformers', 'a fake GPU, torch 1.0.0']);
    });

    it('that score choices are given them', async () => {
      editor = await Editor.start({ settings: { python: fakePython } });
      await editor.open('problems.json', dataset(2));
      const uri = pathToFileURL(join(editor.folder, 'problems.json')).href;
      const model = folder('vilt', 'vilt');
      assert.equal((await editor.annotate({ uri, model })).done, 2);
      const hints = await editor.hints(uri);
      assert.equal(hints.length, 2);
      for (const { label } of hints) assert.match(label as string, /vilt A/);
    });
  });
});
