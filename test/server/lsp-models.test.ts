import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FakeHub } from './fake-hub.ts';
import { Editor } from './harness.ts';
import { needsPair } from './inference-fixtures.ts';

const BASE = resolve(import.meta.dirname, '../../samples/sketchbook/models/base');

describe('fetching a model from the editor', function () {
  this.timeout(60_000);
  let hub: FakeHub;
  let editor: Editor;
  let folder: string;

  beforeEach(async function () {
    needsPair(this);
    hub = await FakeHub.start(BASE);
    folder = mkdtempSync(join(tmpdir(), 'rationale-fetched-'));
  });
  afterEach(async () => {
    await editor?.stop();
    await hub?.close();
    if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const start = async (trusted = true) => {
    const models = {
      mine: { name: 'Mine', onnx: 'some/model', family: 'llava', parameters: 100, licence: 'MIT' },
    };
    editor = await Editor.start({
      settings: { models },
      options: { trusted },
      environment: { HF_ENDPOINT: hub.url, RATIONALE_MODELS: folder },
    });
  };
  const rows = async () => {
    const { models, catalog } = await editor.request('rationale/models', null);
    return {
      model: models.find(({ id }) => id === 'mine'),
      entry: catalog.find(({ id }) => id === 'mine'),
    };
  };

  it('says first how large it is, then brings it, and it is one of the models', async () => {
    await start();
    assert.equal((await rows()).entry?.canFetch, true);
    const { what, bytes } = await editor.request('rationale/planFetch', { model: 'mine' });
    assert.match(
      what,
      /^some\/model \(\d+ MB in \d+ files, licence MIT\) from http:\/\/127\.0\.0\.1:\d+ into .*mine$/,
    );
    assert.ok(bytes > 1e6);
    assert.ok(
      hub.asked.every((path) => !path.includes('.onnx')),
      'nothing large before a yes',
    );
    const { id } = await editor.request('rationale/fetchModel', { model: 'mine' });
    assert.equal(id, 'mine');
    const { model, entry } = await rows();
    assert.deepEqual([model?.unavailable, entry], [null, undefined]);
    assert.ok(
      editor.messages.some(
        ({ method, params }) =>
          method === 'rationale/changed' && (params as { what: string }).what === 'models',
      ),
    );
  });

  it('goes on where it broke off, in one sentence, and half a model is none', async () => {
    await start();
    hub.breaks.set('onnx/vision_encoder.onnx', {
      bytes: 1000,
      heldBy: join(folder, 'mine.begun', 'onnx', 'vision_encoder.onnx.part'),
    });
    await assert.rejects(editor.request('rationale/fetchModel', { model: 'mine' }), /^(?!.*\n).+\.$/);
    assert.equal((await rows()).model, undefined);
    hub.asked.length = 0;
    await editor.request('rationale/fetchModel', { model: 'mine' });
    const again = hub.asked.filter((path) => path.includes('vision_encoder'));
    assert.deepEqual(again, ['/some/model/resolve/main/onnx/vision_encoder.onnx bytes=1000-']);
    assert.ok((await rows()).model);
  });

  it('asks nothing of a hub in a workspace that is not trusted, and takes no name that leads elsewhere', async () => {
    await start(false);
    await assert.rejects(
      editor.request('rationale/planFetch', { model: 'mine' }),
      /trust it to fetch models/,
    );
    await editor.stop();
    await start();
    await editor.changeSettings({ models: { '..': { onnx: 'some/model', family: 'llava' } } });
    await assert.rejects(editor.request('rationale/fetchModel', { model: '..' }), /There is no model "\.\."/);
    assert.deepEqual(hub.asked, []);
    assert.ok(existsSync(folder));
  });
});
