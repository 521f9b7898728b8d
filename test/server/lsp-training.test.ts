import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TrainingView } from '../../server/src/protocol/training.ts';
import { Editor } from './harness.ts';
import { dataset } from './sample-dataset.ts';

const PYTHON = join(import.meta.dirname, 'fake-python.mjs');
const RECIPE = `student: sketchbook-base
data: { dataset: problems.json, split: test }
target: answer
evaluation: { split: val, records: 2 }
`;

describe('training through the language server', function () {
  this.timeout(30_000);
  let editor: Editor;
  let uri: string;
  beforeEach(() => start({ steps: 6 }));
  afterEach(() => editor.stop());

  async function start(fake: object, folder?: string, python = PYTHON): Promise<void> {
    const environment = { FAKE_TRAINER: JSON.stringify(fake), VIRTUAL_ENV: '' };
    editor = await Editor.start({ settings: { python }, environment }, folder);
    editor.write('problems.json', dataset(12));
    uri = pathToFileURL(editor.write('gold.recipe.yaml', RECIPE)).href;
  }
  const again = async (fake: object) => {
    await editor.stop();
    await start(fake);
  };
  const train = (params: object = {}) => editor.request('rationale/train', { uri, ...params });
  const begun = async (params: object = {}) => {
    const result = await train(params);
    assert.ok('folder' in result);
    return result.folder;
  };
  const view = (folder: string) => editor.request('rationale/training', { folder });
  const viewWhen = (folder: string, what: string, isSo: (shown: TrainingView) => boolean) =>
    editor.until(what, async () => {
      const shown = await view(folder);
      return isSo(shown) && shown;
    });
  const toldOf = (folder: string) =>
    editor.messages.filter(({ method, params }) => {
      const { what, uri: about } = params as { what?: string; uri?: string };
      return method === 'rationale/changed' && what === 'trainings' && about === folder;
    }).length;

  it('shows the work before the first step, and how long it takes', async () => {
    await again({ images: 64 * 10, pause: 300 });
    const folder = await begun();
    const { preparation, step } = await viewWhen(
      folder,
      'the rate is known',
      ({ preparation: now }) => (now?.rate ?? 0) > 0,
    );
    assert.equal(step, 0);
    assert.deepEqual(
      [preparation?.what, preparation?.unit, preparation?.total],
      ['image features', 'images', 640],
    );
    assert.ok((preparation?.secondsLeft ?? 0) > 0);
    await viewWhen(
      folder,
      'the steps begin',
      ({ preparation: now, step: first }) => now === null && first > 0,
    );
  });

  it('trains in a process of its own and shows curves, task numbers and samples as they come', async () => {
    const folder = await begun();
    const shown = await viewWhen(folder, 'it is finished', ({ state }) => state === 'finished');
    assert.deepEqual([shown.step, shown.steps, shown.problem], [6, 6, null]);
    assert.deepEqual(shown.curves.step, [1, 2, 3, 4, 5, 6]);
    assert.equal(shown.curves.loss.at(-1), 1 / 6);
    assert.deepEqual(shown.evaluations.at(-1), {
      ...{ step: 6, loss: 0.5, n: 2, correct: 1, mapped: 1, contradictions: 0, staged: 1 },
      ...{ empty: 0.5, distinctWords: 7, length: 3 },
    });
    assert.deepEqual(
      shown.samples?.rows.map(({ id, now, before }) => [id, now.letter, now.correct, before?.letter]),
      [
        ['r0', 'B', true, 'B'],
        ['r1', null, false, null],
      ],
    );
    assert.equal(shown.cost?.memoryBytes, 5e8);
    const { trainings } = await editor.request('rationale/trainings', null);
    assert.equal(trainings.length, 1);
  });

  it('tells the views of a run that goes on', async () => {
    await again({ steps: 60, pause: 50 });
    const folder = await begun();
    await editor.until('the views are told twice', () => toldOf(folder) > 1);
    assert.equal((await view(folder)).state, 'running');
    await editor.request('rationale/stopTraining', { folder });
    const shown = await viewWhen(folder, 'it is stopped', ({ state }) => state === 'stopped');
    assert.ok(shown.step < 60);
    assert.equal(shown.checkpoint, shown.step);
    await editor.request('rationale/pinCheckpoint', { folder });
    assert.ok(existsSync(join(fileURLToPath(folder), 'checkpoints', 'step', 'pinned')));
    await assert.rejects(editor.request('rationale/stopTraining', { folder }), /is not being trained/);
  });

  it('goes on with a killed run by its folder, from its own copies', async () => {
    await again({ steps: 6, dieAt: 5 });
    const folder = await begun();
    const killed = await viewWhen(folder, 'it is interrupted', ({ state }) => state === 'interrupted');
    assert.match(killed.problem ?? '', /killed after step 5; trained again, the run goes on after step 4/);
    assert.equal(await begun({ uri: folder }), folder);
    const done = await viewWhen(folder, 'it is finished', ({ state }) => state === 'finished');
    assert.deepEqual(done.curves.step, [1, 2, 3, 4, 5, 6]);
  });

  it('goes on with the Python that the run began with, whatever is found or named now', async () => {
    await again({ steps: 6, dieAt: 5 });
    const killed = await begun();
    await viewWhen(killed, 'it is interrupted', ({ state }) => state === 'interrupted');
    // Nobody names a Python any more; then one is named that is not there.
    await editor.stop({ keep: true });
    await start({ steps: 6 }, editor.folder, '');
    const folder = await begun({ uri: killed });
    await viewWhen(folder, 'it is finished', ({ state }) => state === 'finished');
    assert.equal(await begun(), folder);
    await editor.stop({ keep: true });
    await start({ steps: 6 }, editor.folder, '/no/such/python');
    assert.equal(await begun({ uri: folder }), folder);
    await assert.rejects(begun({ run: 'other' }), /The Python \/no\/such\/python does not run/);
  });

  it('outlives the server, which follows it again when it is back', async () => {
    await again({ steps: 400, pause: 50 });
    const folder = await begun();
    await viewWhen(folder, 'a step is done', ({ step }) => step > 0);
    await editor.stop({ keep: true });
    await start({}, editor.folder);
    assert.equal((await view(folder)).state, 'running');
    await editor.until('the views are told', () => toldOf(folder) > 0);
    await editor.request('rationale/stopTraining', { folder });
    await viewWhen(folder, 'it is stopped', ({ state }) => state === 'stopped');
  });

  it('says what is missing in place of starting, and starts nothing for a broken recipe', async () => {
    await again({ missing: ['torch', 'peft'] });
    assert.deepEqual(await train(), { missing: { python: PYTHON, packages: ['torch', 'peft'] } });
    await again({});
    editor.write('gold.recipe.yaml', RECIPE.replace('target: answer', 'target: anwser'));
    await assert.rejects(train(), /The recipe gold cannot be used: "target" is "anwser"/);
    assert.ok(!existsSync(join(fileURLToPath(uri), '..', 'runs')));
  });

  it('looks first where that is asked for, and takes runs off the list without touching them', async () => {
    await again({ steps: 6, look: 2000 });
    const folder = await begun({ check: true });
    await viewWhen(folder, 'it says that it only looks', ({ isCheck }) => isCheck);
    const checked = await viewWhen(folder, 'it is checked', ({ state }) => state === 'checked');
    assert.deepEqual([checked.findings, checked.cost?.steps, checked.isCheck], [[], 6, false]);
    await editor.open('gold.recipe.yaml', RECIPE);
    const top = { start: { line: 0, character: 0 }, end: { line: 2, character: 0 } };
    const [hint] = await editor.hints(uri, top);
    assert.equal(hint?.label, '1 step, 10 examples, 500 MB, about 1 s');
    await editor.request('rationale/forgetTraining', { folder });
    assert.deepEqual(await editor.request('rationale/trainings', null), { trainings: [] });
    assert.ok(existsSync(join(fileURLToPath(folder), 'run.yaml')));
  });
});
