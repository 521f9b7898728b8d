import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EditorAccess } from '../../server/src/lsp/endpoint-access.ts';
import type { EndpointAccessParams, EndpointAccessResult } from '../../server/src/protocol/messages.ts';
import { type Behaviour, FakeEndpoint } from './fake-endpoint.ts';
import { Editor, type EditorOptions } from './harness.ts';
import { dataset } from './sample-dataset.ts';

const KEY = 'sk-very-secret-0123456789';
const NAME = 'SOME_API_KEY';

describe('endpoints in the editor', function () {
  this.timeout(30_000);
  let server: FakeEndpoint;
  let editor: Editor | undefined;
  let behaviour: Behaviour;
  let asked: EndpointAccessParams[];
  let answers: EndpointAccessResult[];

  beforeEach(async () => {
    behaviour = { say: 'B' };
    asked = [];
    answers = [];
    server = await FakeEndpoint.start(() => behaviour);
  });
  afterEach(async () => {
    await editor?.stop();
    editor = undefined;
    await server.close();
  });

  async function start(options: EditorOptions, file = dataset(3)): Promise<string> {
    editor = await Editor.start(options);
    editor.connection.onRequest('rationale/endpointAccess', (params: EndpointAccessParams) => {
      asked.push(params);
      return answers.shift() ?? { allowed: false, key: null };
    });
    const path = join(editor.folder, 'problems.json');
    writeFileSync(path, file);
    return pathToFileURL(path).href;
  }

  const settings = (change: object = {}) => ({
    endpoints: { mini: { url: server.url, model: 'm', key: NAME, ...change } },
  });
  const grants = { grantsEndpointAccess: true };

  it('get their key from the editor, once, and keep it nowhere', async () => {
    const uri = await start({ settings: settings(), options: grants });
    answers = [{ allowed: true, key: KEY }];
    const first = await editor!.request('rationale/annotate', { uri, model: 'mini' });
    assert.deepEqual([first.done, first.failed, first.device], [3, 0, server.host]);
    writeFileSync(join(editor!.folder, 'problems.json'), dataset(5));
    const second = await editor!.request('rationale/annotate', { uri, model: 'mini', split: undefined });
    assert.equal(second.failed, 0);
    assert.deepEqual(asked, [{ endpoint: 'mini', host: server.host, key: NAME, refused: false }]);
    assert.equal(server.asked[0]?.headers.authorization, `Bearer ${KEY}`);
    const { models } = await editor!.request('rationale/models', null);
    assert.ok(models.some(({ id, device }) => id === 'mini' && device === server.host));
    assert.ok(
      !JSON.stringify([models, editor!.messages]).includes('0123'),
      'neither logs nor views hold the key',
    );
    for (const file of globSync('**/*', { cwd: editor!.folder, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = readFileSync(join(file.parentPath, file.name));
      assert.ok(!bytes.includes('0123456789'), `${file.name} holds the key`);
    }
  });

  it('ask for the key anew when it was refused, and say so', async () => {
    const uri = await start({ settings: settings(), options: grants });
    answers = [
      { allowed: true, key: 'wrong-key' },
      { allowed: true, key: KEY },
    ];
    behaviour = { status: 401, body: '{"error": {"message": "wrong-key is wrong"}}' };
    await assert.rejects(editor!.request('rationale/annotate', { uri, model: 'mini' }), (error: Error) => {
      assert.match(error.message, /refuses the key in SOME_API_KEY \(HTTP 401\)\.$/);
      return !error.message.includes('wrong');
    });
    behaviour = { say: 'B' };
    const { done } = await editor!.request('rationale/annotate', { uri, model: 'mini' });
    assert.equal(done, 3);
    assert.deepEqual(
      asked.map(({ refused }) => refused),
      [false, true],
    );
    assert.equal(server.asked.at(-1)?.headers.authorization, `Bearer ${KEY}`);
  });

  it('are sent nothing when the user does not agree', async () => {
    const uri = await start({ settings: settings(), options: grants });
    await assert.rejects(
      editor!.request('rationale/annotate', { uri, model: 'mini' }),
      /^Error: Nothing was sent to 127\.0\.0\.1:\d+: it is not allowed\.$/,
    );
    assert.equal(server.asked.length, 0);
  });

  it('take their key from the environment where the editor cannot be asked', async () => {
    const uri = await start({ settings: settings(), environment: { [NAME]: KEY } });
    const { done } = await editor!.request('rationale/annotate', { uri, model: 'mini' });
    assert.equal(done, 3);
    assert.deepEqual([asked, server.asked[0]?.headers.authorization], [[], `Bearer ${KEY}`]);
  });

  it('stand in a models file of the workspace too', async () => {
    const uri = await start({});
    writeFileSync(
      join(editor!.folder, 'rationale.models.json'),
      JSON.stringify({ endpoints: { local: { url: server.url, model: 'm' } } }),
    );
    const { done } = await editor!.request('rationale/annotate', { uri, model: 'local' });
    assert.equal(done, 3);
    assert.equal(server.asked[0]?.headers.authorization, undefined);
  });

  it('cannot be reached from a workspace that is not trusted', async () => {
    const uri = await start({
      settings: settings(),
      options: { ...grants, trusted: false },
      environment: { [NAME]: KEY },
    });
    const { models } = await editor!.request('rationale/models', null);
    assert.ok(!models.some(({ id }) => id === 'mini'));
    await assert.rejects(editor!.request('rationale/annotate', { uri, model: 'mini' }), /not trusted/);
    assert.deepEqual([server.asked.length, asked], [0, []]);
  });
});

describe('access to endpoints', () => {
  const elsewhere = { endpoint: 'mini', host: 'api.example.org', key: NAME };

  it('is asked for once before anything leaves the machine, even when the key is there', async () => {
    const asked: EndpointAccessParams[] = [];
    const access = new EditorAccess(
      async (params) => {
        asked.push(params);
        return { allowed: true, key: null };
      },
      { [NAME]: KEY },
    );
    assert.deepEqual([await access.enter(elsewhere), await access.enter(elsewhere)], [KEY, KEY]);
    assert.deepEqual(asked, [{ endpoint: 'mini', host: 'api.example.org', key: null, refused: false }]);
  });

  it('is asked for again at another host, and not at all on this machine without a key', async () => {
    const hosts: string[] = [];
    const access = new EditorAccess(async ({ host }) => {
      hosts.push(host);
      return { allowed: true, key: `${KEY} of ${host}` };
    }, {});
    for (const host of ['a.example.org', 'b.example.org', 'a.example.org']) {
      assert.equal(await access.enter({ ...elsewhere, host }), `${KEY} of ${host}`);
    }
    for (const host of ['127.0.0.1:8000', 'localhost:11434', '[::1]:80']) {
      assert.equal(await access.enter({ ...elsewhere, host, key: null }), null);
    }
    await access.enter({ ...elsewhere, host: '127.0.0.1.example.org', key: null });
    assert.deepEqual(hosts, ['a.example.org', 'b.example.org', '127.0.0.1.example.org']);
  });
});
