import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Editor } from './harness.ts';
import { dataset, PNG, rationale, scriptedModel } from './sample-dataset.ts';

describe('the language server’s features', () => {
  let editor: Editor;
  before(async () => {
    editor = await Editor.start();
  });
  after(() => editor.stop());

  describe('quick fixes', () => {
    it('belong to the finding that is shown, and applying the preferred one makes it go', async () => {
      const uri = await editor.open(
        'fixes.json',
        dataset(9, { r5: { choices: ['number 5', 'not 5', 'number 5'], answer: 0 } }),
      );
      const [finding] = await editor.diagnostics(uri);
      assert.equal(finding?.code, 'duplicate-choice');
      const actions = await editor.actions(uri, finding.range, [finding]);
      const preferred = actions.find(({ isPreferred }) => isPreferred);
      assert.equal(preferred?.kind, 'quickfix');
      assert.deepEqual(preferred?.diagnostics, [finding]);
      await editor.apply(uri, preferred?.edit?.changes?.[uri] ?? []);
      assert.deepEqual(await editor.findings(uri), []);
      const { groups } = await editor.request('rationale/records', { uri, by: 'topic' });
      assert.equal(groups.flatMap(({ records }) => records).length, 9);
    });

    it('are not offered where nothing is wrong', async () => {
      const uri = await editor.open('no-fixes.json', dataset(3, { r1: { answer: 7 } }));
      assert.deepEqual(await editor.actions(uri, editor.find(uri, 'number 0?')), []);
    });
  });

  describe('the hover', () => {
    it('shows the record with its image, and what each model said of it, stage by stage', async () => {
      mkdirSync(join(editor.folder, 'images', 'test', 'r3'), { recursive: true });
      const image = editor.write('images/test/r3/image.png', PNG);
      const uri = await editor.open('hover.json', dataset(5, { r3: { image: 'image.png' } }));
      const reasoning = 'Three is an odd number.';
      await editor.annotate({
        uri,
        model: scriptedModel(editor, 5, { r3: { output: rationale('A', reasoning) } }),
      });
      const text = await editor.hover(uri, editor.find(uri, 'number 3?').start);
      assert.ok(text?.includes(pathToFileURL(image).href), text ?? '');
      assert.match(text ?? '', /Which of these is number 3\?/);
      assert.match(text ?? '', /number 3.*← gold/);
      assert.match(text ?? '', /✗/);
      assert.ok(text?.includes(reasoning));
    });

    it('says of a finding what its rule finds, why it matters and what to do', async () => {
      const uri = await editor.open('rule.json', dataset(3, { r1: { answer: 7 } }));
      const { end } = editor.find(uri, '"answer": 7');
      const text = await editor.hover(uri, { ...end, character: end.character - 1 });
      assert.match(text ?? '', /\n\*\*\[answer-out-of-range\]\(file:.*answer-out-of-range\.md\)\*\*: /);
      assert.match(text ?? '', /\*What to do:\*/);
      assert.match(text ?? '', /Which of these is number 1\?/);
    });

    it('has nothing to say outside of datasets', async () => {
      const uri = await editor.open('package.json', '{\n  "name": "x"\n}');
      assert.equal(await editor.hover(uri, { line: 1, character: 4 }), null);
    });
  });

  it('hints stand behind the gold answers of the records in sight, until they are switched off', async () => {
    const uri = await editor.open('hints.json', dataset(10));
    await editor.annotate({ uri, model: scriptedModel(editor, 10) });
    const { start } = editor.find(uri, 'number 4?');
    const { end } = editor.find(uri, 'number 6?');
    const hints = await editor.hints(uri, { start, end });
    assert.equal(hints.length, 3);
    assert.deepEqual(
      hints.map(({ position }) => position),
      [4, 5, 6].map((n) => editor.find(uri, '"answer": 1', n).end),
    );
    await editor.changeSettings({ inlayHints: false });
    assert.deepEqual(await editor.hints(uri), []);
  });

  it('models are listed with where they run, those in the user’s folders once they were run', async () => {
    const uri = await editor.open('models.json', dataset(2));
    const model = scriptedModel(editor, 2);
    await editor.annotate({ uri, model });
    const { models } = await editor.request('rationale/models', null);
    assert.equal(models[0]?.id, 'sketchbook-teacher');
    const own = models.find(({ id }) => id === model);
    assert.deepEqual([own?.device, own?.unavailable], ['script', null]);
  });

  it('symbols are the records’ ids with their questions', async () => {
    const uri = await editor.open('symbols.json', dataset(3));
    const symbols = await editor.symbols(uri);
    assert.deepEqual(
      symbols.map(({ name, detail }) => `${name}: ${detail}`),
      [
        'r0: Which of these is number 0?',
        'r1: Which of these is number 1?',
        'r2: Which of these is number 2?',
      ],
    );
    assert.deepEqual(symbols[1]?.selectionRange, editor.find(uri, '"r1"'));
    assert.ok(symbols[1]?.range.end.line === editor.find(uri, '"r2"').start.line - 1);
  });
});
