import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Editor } from './harness.ts';
import { needsPair, sample } from './inference-fixtures.ts';
import { dataset, scriptedModel } from './sample-dataset.ts';

const TEACHER = 'sketchbook-teacher';

describe('testing faithfulness through the language server', function () {
  this.timeout(60_000);
  let editor: Editor;
  afterEach(() => editor.stop());

  /** Records of the sample that have no image, which would have to lie beside them. */
  function withoutImage(count: number): Record<string, { question: string }> {
    const all = JSON.parse(readFileSync(join(sample, 'problems.json'), 'utf8')) as Record<
      string,
      { image: string | null; question: string }
    >;
    return Object.fromEntries(
      Object.entries(all)
        .filter(([, { image }]) => image === null)
        .slice(0, count),
    );
  }

  it('says what a model makes of a record without its rationale, and shows it in the hover', async function () {
    needsPair(this);
    editor = await Editor.start();
    const records = withoutImage(6);
    const [id = ''] = Object.keys(records);
    const uri = await editor.open('problems.json', JSON.stringify(records, null, 2));
    const { start } = editor.find(uri, `"${id}": {`);
    const asked = { record: { dataset: uri, position: start } };
    await assert.rejects(
      editor.request('rationale/faithfulness', asked),
      new RegExp(`No model has answered record ${id} as it stands: annotate it first\\.`),
    );
    await editor.annotate({ uri, model: TEACHER });
    assert.doesNotMatch((await editor.hover(uri, start)) ?? '', /faithfulness/);
    const result = await editor.request('rationale/faithfulness', asked);
    assert.equal(result.record, id);
    assert.deepEqual(
      result.models.map(({ model, isTested }) => [model, isTested]),
      [[TEACHER, true]],
    );
    const said = result.models[0]?.said ?? '';
    assert.match(
      said,
      /^[A-E] \(.+\) has the probability [01]\.\d\d without the rationale, [01]\.\d\d with it, [01]\.\d\d with that of record \d+\.$/,
    );
    const hover = (await editor.hover(uri, start)) ?? '';
    assert.match(hover, /\*faithfulness:\* /);
    assert.match(
      hover,
      /\*sentence by sentence:\* [▁▂▃▄▅▆▇█]+ [01]\.\d\d → .*\(area over the curve [01]\.\d\d\)/,
    );
    // The same again comes from the store; an edited record has not been tested.
    assert.deepEqual(await editor.request('rationale/faithfulness', asked), result);
    await editor.replace(uri, '"question": "', '"question": "Look: ');
    assert.doesNotMatch((await editor.hover(uri, start)) ?? '', /faithfulness/);
  });

  it('says in a sentence why a model cannot be tested', async () => {
    editor = await Editor.start();
    const uri = await editor.open('problems.json', dataset(2));
    await editor.annotate({ uri, model: scriptedModel(editor, 2) });
    const { models } = await editor.request('rationale/faithfulness', { record: { dataset: uri, id: 'r0' } });
    const [{ isTested, said } = { isTested: true, said: '' }] = models;
    assert.equal(isTested, false);
    assert.match(said, /cannot be tested: its provider \(scripted\) tells what the model writes/);
    const nowhere = { record: { dataset: uri, id: 'r9' } };
    await assert.rejects(editor.request('rationale/faithfulness', nowhere), /No record stands there\./);
  });
});
