import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Editor, type EditorOptions } from './harness.ts';
import { dataset, record, scriptedModel } from './sample-dataset.ts';

describe('the language server, given bad input,', () => {
  let editor: Editor;
  const start = async (options?: EditorOptions) => {
    editor = await Editor.start(options);
  };
  afterEach(async () => {
    if (editor.isAlive) await editor.stop();
  });

  const codes = async (uri: string) => (await editor.diagnostics(uri)).map(({ code }) => code);
  const onDisk = (name: string, text: string) => pathToFileURL(editor.write(name, text)).href;

  it('finds where half a file breaks off, and still checks the records before', async () => {
    await start();
    const text = dataset(8, { r1: { answer: 7 } });
    const uri = await editor.open('problems.json', text.slice(0, text.indexOf('number 6?')));
    const found = await codes(uri);
    assert.ok(found.includes('answer-out-of-range'), found.join());
    assert.ok(found.includes('malformed-record'), found.join());
  });

  it('finds a record that is a number, choices as a string and an image that is a text file, each in its record', async () => {
    await start();
    editor.write('image.png', 'this is not a picture');
    const records = {
      r0: record(0),
      r1: 7,
      r2: record(2, { choices: 'A or B' }),
      r3: record(3, { image: 'image.png' }),
    };
    const uri = await editor.open('problems.json', JSON.stringify(records, null, 2));
    const found = await editor.diagnostics(uri);
    const at = (needle: string) => editor.find(uri, needle).start.line;
    assert.deepEqual(
      found.filter(({ code }) => code === 'malformed-record').map(({ range }) => range.start.line),
      [at('"r1": 7'), at('"A or B"')],
    );
    assert.ok(
      found.some(({ code, range }) => code === 'unreadable-image' && range.start.line === at('"image.png"')),
    );
  });

  for (const [what, content, sentence] of [
    [
      'is not JSON',
      'this is not JSON',
      /^problems\.json is not a dataset: no record with a question and choices/,
    ],
    ['is not there', null, /problems\.json cannot be read: there is no such file/],
  ] as const) {
    it(`says in one sentence why a file that ${what} is not annotated`, async () => {
      await start();
      const uri = pathToFileURL(join(editor.folder, 'problems.json')).href;
      if (content) editor.write('problems.json', content);
      await assert.rejects(
        editor.annotate({ uri, model: scriptedModel(editor, 1) }),
        ({ message }: Error) => {
          assert.match(message, sentence);
          return !message.includes('\n');
        },
      );
      assert.deepEqual(await editor.request('rationale/records', { uri, by: 'topic' }), { groups: [] });
    });
  }

  it('names the models there are when it does not know the one asked for', async () => {
    await start();
    const uri = onDisk('problems.json', dataset(1));
    await assert.rejects(editor.annotate({ uri, model: 'gpt-17' }), /There is no model "gpt-17"/);
  });

  it('annotates nothing in a workspace that is not trusted, but checks it; and does once it is trusted', async () => {
    await start({ options: { trusted: false } });
    const uri = await editor.open('problems.json', dataset(3, { r1: { answer: 7 } }));
    assert.deepEqual(await codes(uri), ['answer-out-of-range']);
    const model = scriptedModel(editor, 3);
    await assert.rejects(
      editor.annotate({ uri, model }),
      /^Error: This workspace is not trusted: [^\n]*$|not trusted/,
    );
    assert.deepEqual((await editor.request('rationale/runs', {})).runs, []);
    await editor.connection.sendNotification('rationale/trustGranted');
    assert.equal((await editor.annotate({ uri, model })).done, 3);
  });

  it('checks datasets when results cannot be stored, and says so when asked to annotate', async () => {
    await start();
    const blocked = editor.write('no folder', '');
    editor.settings = { storePath: join(blocked, 'store') };
    await editor.changeSettings(editor.settings);
    const uri = await editor.open('problems.json', dataset(3, { r1: { answer: 7 } }));
    assert.deepEqual(await codes(uri), ['answer-out-of-range']);
    const model = scriptedModel(editor, 3);
    await assert.rejects(editor.annotate({ uri, model }), /Results cannot be stored in .*no folder/);
    const usable = join(editor.folder, 'store');
    mkdirSync(usable);
    await editor.changeSettings({ storePath: usable });
    assert.equal((await editor.annotate({ uri, model })).done, 3);
    assert.equal((await editor.hints(uri)).length, 3);
  });

  it('works on a file of 60 MB that no editor would open', async function () {
    this.timeout(20_000);
    await start();
    const lecture = 'Numbers differ. '.repeat(1250);
    const lines = Array.from({ length: 3100 }, (_, n) => JSON.stringify(record(n, { id: `r${n}`, lecture })));
    const uri = onDisk('problems.jsonl', lines.join('\n'));
    assert.equal((await editor.request('rationale/splits', { uri })).records, 3100);
    assert.equal((await editor.annotate({ uri, model: scriptedModel(editor, 3), split: 'val' })).done, 2);
  });

  it('started by hand, says how it is started', () => {
    const main = join(import.meta.dirname, '../../server/src/lsp/main.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [main], { encoding: 'utf8' });
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /^[^\n]*--stdio\.\n$/);
  });

  it('answers a request that it cannot make sense of with one sentence, and goes on', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(3, { r1: { answer: 7 } }));
    const nonsense = editor.connection.sendRequest('textDocument/hover', { textDocument: { uri } });
    await assert.rejects(
      nonsense,
      /^Error: Rationale failed at textDocument\/hover; its log says more\.$|failed at textDocument\/hover/,
    );
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: 7 });
    assert.ok(editor.isAlive);
    assert.deepEqual(await codes(uri), ['answer-out-of-range']);
  });
});
