import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Methods, type RecordReference } from '../../server/src/protocol/messages.ts';
import { Editor } from './harness.ts';
import { dataset, PNG } from './sample-dataset.ts';

const PROMPT =
  '---\nname: Test\nmetadata:\n  rationale:\n    setting: 1\n---\nuser:\n![image]({{ image }})\nQuestion: {{ question }}\n';

describe('what a model would be shown with a prompt file', () => {
  let editor: Editor;
  let prompt: string;
  beforeEach(async () => {
    editor = await Editor.start();
    prompt = await editor.open('a.prompty', PROMPT);
  });
  afterEach(() => editor.stop());

  const render = (record?: RecordReference) => editor.request(Methods.renderPrompt, { uri: prompt, record });
  const texts = async (record?: RecordReference) => {
    const { prompt: shown } = await render(record);
    return shown?.messages.flatMap(({ content }) =>
      content.map((part) => (part.type === 'text' ? part.pieces.map(({ text }) => text).join('') : part.uri)),
    );
  };

  it('is that of the first record, and then of the record under the cursor', async () => {
    const data = await editor.open('problems.json', dataset(3));
    const { record } = await render();
    assert.deepEqual(record, { dataset: data, id: 'r0', label: 'Which of these is number 0?' });
    const position = editor.find(data, 'number 2?').start;
    assert.deepEqual(await texts({ dataset: data, position }), ['Question: Which of these is number 2?']);
    assert.deepEqual(await texts({ dataset: data, id: 'r1' }), ['Question: Which of these is number 1?']);
  });

  it('follows the prompt and the dataset as they are typed, and tells where it can go no further', async () => {
    const data = await editor.open('problems.json', dataset(1));
    await editor.replace(prompt, 'Question:', 'Q:');
    await editor.replace(data, 'number 0?', 'number zero?');
    assert.deepEqual(await texts(), ['Q: Which of these is number zero?']);
    await editor.replace(prompt, '{{ question', '{{ question |');
    const { prompt: none, problem, record } = await render();
    assert.equal(none, null);
    assert.equal(record?.id, 'r0');
    assert.match(problem?.message ?? '', /cannot be rendered/);
    assert.ok(problem?.range && editor.textAt(prompt, problem.range).includes('question |'));
  });

  it('says of each piece where it comes from, and what of it leaks', async () => {
    await editor.open('problems.json', dataset(1, { r0: { hint: 'The answer is number 0.' } }));
    await editor.replace(prompt, 'Question:', '{{ hint }} Q:');
    const { prompt: shown } = await render();
    assert.deepEqual(shown?.leaks, [{ field: 'solution', isWithheld: true }]);
    assert.deepEqual(shown?.messages[0]?.content, [
      {
        type: 'text',
        pieces: [
          { text: 'The answer is number 0.', fields: ['hint'], isLeak: true },
          { text: ' Q: ', fields: [], isLeak: false },
          { text: 'Which of these is number 0?', fields: ['question'], isLeak: false },
        ],
      },
    ]);
  });

  it('shows a strategy’s own messages too', async () => {
    await editor.open('problems.json', dataset(4, { r1: { split: 'train' }, r2: { split: 'train' } }));
    await editor.replace(
      prompt,
      'setting: 1',
      'setting: 1\n    strategy: few-shot\n    demonstrations: {count: 2, by: any}',
    );
    const { prompt: shown } = await render();
    assert.deepEqual(shown?.demonstrations.toSorted(), ['r1', 'r2']);
    assert.deepEqual(
      shown?.messages.map(({ role }) => role),
      ['user', 'assistant', 'user', 'assistant', 'user'],
    );
  });

  it('holds the picture’s file, or says why no model would be asked', async () => {
    mkdirSync(join(editor.folder, 'images/test/r2'), { recursive: true });
    const image = editor.write('images/test/r2/image.png', PNG);
    const data = await editor.open(
      'problems.json',
      dataset(4, { r2: { image: 'image.png' }, r3: { image: 'gone.png' } }),
    );
    const { prompt: shown } = await render({ dataset: data, id: 'r2' });
    assert.deepEqual(shown?.messages[0]?.content[0], { type: 'image', uri: pathToFileURL(image).href });
    const { prompt: refused } = await render({ dataset: data, id: 'r3' });
    assert.match(refused?.refusal ?? '', /missing/);
  });

  it('says in a sentence what is missing: a dataset, a record, a prompt file', async () => {
    const nowhere = pathToFileURL(join(editor.folder, 'gone.json')).href;
    assert.match((await render({ dataset: nowhere, id: 'r0' })).problem?.message ?? '', /no dataset/);
    const data = await editor.open('problems.json', dataset(1));
    assert.match(
      (await render({ dataset: data, id: 'r7' })).problem?.message ?? '',
      /no longer has the record r7/,
    );
    await assert.rejects(editor.request(Methods.renderPrompt, { uri: data }), /open a \.prompty file/);
  });
});
