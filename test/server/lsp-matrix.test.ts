import assert from 'node:assert/strict';
import { type MatrixParams, type MatrixProgressParams, Methods } from '../../server/src/protocol/messages.ts';
import { Editor } from './harness.ts';
import { dataset, rationale, scriptedModel } from './sample-dataset.ts';

const PROMPT =
  '---\nname: Test\nmetadata:\n  rationale:\n    setting: 1\n    format: letter\n---\nuser:\n{{ question }} {{ lecture }} {{ solution }}\n';
const RECORDS = 6;

describe('the matrix through the language server', () => {
  let editor: Editor;
  let data: string;
  let prompt: string;
  let model: string;
  beforeEach(async () => {
    editor = await Editor.start();
    data = await editor.open('problems.json', dataset(RECORDS));
    prompt = await editor.open('a.prompty', PROMPT);
    model = scriptedModel(editor, RECORDS, { r1: { output: rationale('A') } });
  });
  afterEach(() => editor.stop());

  const run = (change: Partial<MatrixParams> = {}) =>
    editor.request(Methods.matrix, {
      ...{
        uri: data,
        prompt,
        models: [model],
        split: null,
        sample: { n: 4, seed: 0 },
        racing: false,
        constrained: false,
      },
      ...{ variations: [], partialToken: 'grid' },
      axes: {
        settings: [1, 4],
        strategies: ['as-written', 'short'],
        formats: ['letter'],
        orders: ['answer-last'],
      },
      ...change,
    });

  it('offers every axis, and says what the prompt file says itself', async () => {
    const { axes, own, dataset, variations } = await editor.request(Methods.matrixAxes, { prompt });
    assert.deepEqual(axes.settings, [1, 2, 3, 4]);
    assert.ok(axes.strategies.includes('as-written') && axes.strategies.includes('chain-of-thought'));
    assert.deepEqual([own.setting, own.format, dataset], [1, 'letter', data]);
    assert.ok(variations.length > 0);
    await assert.rejects(editor.request(Methods.matrixAxes, { prompt: data }), /open a \.prompty file/);
  });

  it('runs 2 × 2 cells on one sample, marks those that are no fair claim, and offers the best as a file', async () => {
    const { cells, records, best, tables, notes, cancelled } = await run();
    assert.deepEqual([records, cells.length, cancelled], [4, 4, false]);
    for (const { state, n, accuracy, cell, unfair } of cells) {
      assert.deepEqual([state, n, accuracy.n], ['done', 4, 4]);
      assert.equal(unfair !== null, cell.setting === 4, cell.id);
    }
    assert.ok(best?.text.includes('{{ question }}'));
    assert.ok(cells.find(({ cell }) => cell.id === best?.cell)?.isBest);
    assert.equal(tables.csv.trim().split('\n').length, 5);
    assert.equal(JSON.parse(tables.json).cells.length, 4);
    assert.match(tables.markdown, /accuracy/);
    assert.ok(notes.length > 0);
    const told = editor.messages
      .filter(({ method }) => method === Methods.matrixProgress)
      .map(({ params }) => params as MatrixProgressParams);
    assert.ok(told.length > 0 && told.every(({ token }) => token === 'grid'));
    assert.equal(told[0]?.cells.length, 4, 'all cells are told at the beginning');
  });

  it('leads from a cell to its records, and lists no cell among the runs', async () => {
    const { cells } = await run({ sample: { n: RECORDS, seed: 0 } });
    const { records } = await editor.request(Methods.runRecords, { runId: cells[0]?.runId ?? '' });
    const failing = records.filter(({ verdict }) => verdict.kind !== 'correct');
    assert.deepEqual(
      failing.map(({ id }) => id),
      ['r1'],
    );
    const output = await editor.request(Methods.output, { runId: cells[0]?.runId ?? '', record: 'r1' });
    assert.equal(output?.verdict?.kind, 'wrong');
    assert.deepEqual((await editor.request(Methods.runs, {})).runs, []);
  });

  it('asks nothing twice, and shows at once what is known', async () => {
    const first = await run();
    editor.messages.length = 0;
    const again = await run();
    assert.deepEqual(
      again.cells.map(({ runId }) => runId),
      first.cells.map(({ runId }) => runId),
    );
    const [told] = editor.messages.filter(({ method }) => method === Methods.matrixProgress);
    assert.ok(told);
    assert.ok((told.params as MatrixProgressParams).cells.every(({ n }) => n === 4));
  });

  it('runs each cell once more with the choices moved, wrong answers included', async () => {
    const { cells } = await run({ sample: { n: RECORDS, seed: 0 }, variations: ['choices-moved'] });
    for (const { variations } of cells) assert.equal(variations['choices-moved']?.accuracy.n, RECORDS);
  });

  it('says in a sentence what cannot be run', async () => {
    await assert.rejects(run({ models: ['nobody'] }), /There is no model "nobody"/);
    await assert.rejects(run({ split: 'dev' }), /No record of .* is in the split "dev"/);
    await editor.replace(prompt, '{{ question }}', '{{ question');
    await assert.rejects(run(), /cannot be used/);
  });
});
