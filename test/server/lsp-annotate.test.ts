import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import type { InlayHint } from 'vscode-languageserver/node';
import type { AnnotateResult } from '../../server/src/protocol/messages.ts';
import { Editor, type EditorOptions } from './harness.ts';
import { needsPair } from './inference-fixtures.ts';
import { dataset, rationale, scriptedModel } from './sample-dataset.ts';

const PROGRESS = /^\d+\/\d+ records(, \d+(\.\d)? records\/s(, [\d.]+ (s|min|h) left)?)?$/;

function labels(hints: readonly InlayHint[]): string[] {
  return hints.map(({ label }) =>
    typeof label === 'string' ? label : label.map(({ value }) => value).join(''),
  );
}

describe('annotating through the language server', () => {
  let editor: Editor;
  const start = async (options?: EditorOptions) => {
    editor = await Editor.start(options);
  };
  afterEach(() => editor.stop());

  it('shows answers as hints and wrong ones as findings, and reports progress', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(50));
    const model = scriptedModel(editor, 50, { r7: { output: rationale('A') } });
    const progress: string[] = [];
    const result = await editor.annotate(
      { uri, model },
      { onProgress: ({ message }) => message && progress.push(message) },
    );
    assert.deepEqual(
      { ...result, runId: '', device: '' },
      { runId: '', device: '', done: 50, reused: 0, failed: 0, cancelled: false },
    );
    assert.notEqual(result.device, '');
    assert.ok(progress.length >= 2);
    for (const message of progress) assert.match(message, PROGRESS);
    assert.match(progress.at(-1) ?? '', /^50\/50 records/);
    const [finding, ...others] = await editor.until('the wrong answer is found', async () => {
      const found = await editor.diagnostics(uri);
      return found.length > 0 && found;
    });
    assert.deepEqual(others, []);
    assert.equal(finding?.code, 'wrong-answer');
    assert.deepEqual(finding?.range, editor.find(uri, '1', 0) && finding?.range);
    assert.ok(Math.abs((finding?.range.start.line ?? 0) - editor.find(uri, 'number 7?').start.line) < 8);
    const hints = await editor.hints(uri);
    assert.equal(hints.length, 50);
    assert.equal(new Set(labels(hints)).size, 2, labels(hints).join());
  });

  it('runs only what is not stored: nothing the second time, one record after an edit, whose old answer goes at once', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(12));
    const model = scriptedModel(editor, 12);
    await editor.annotate({ uri, model });
    assert.equal((await editor.annotate({ uri, model })).reused, 12);
    assert.equal((await editor.hints(uri)).length, 12);
    await editor.replace(uri, '"not 3"', '"surely not 3"');
    assert.equal((await editor.hints(uri)).length, 11);
    const again = await editor.annotate({ uri, model });
    assert.deepEqual([again.done, again.reused, again.failed], [1, 11, 0]);
    assert.equal((await editor.hints(uri)).length, 12);
  });

  it('runs on the device that the setting names or not at all, and says what was passed over by itself', async function () {
    needsPair(this);
    this.timeout(60_000);
    // A device of another platform.
    await start({ settings: { device: process.platform === 'darwin' ? 'dml' : 'coreml' } });
    const uri = await editor.open('problems.json', dataset(2));
    const model = 'sketchbook-base';
    await assert.rejects(
      editor.annotate({ uri, model }),
      /(DirectML|Core ML) is not to be had here: ONNX Runtime has it on [^.]+; choose auto, [^.]+\.$/,
    );
    await editor.changeSettings({ device: 'auto' });
    assert.equal((await editor.annotate({ uri, model })).device, 'CPU (1 thread)');
    const { models } = await editor.request('rationale/models', null);
    const row = models.find(({ id }) => id === model);
    assert.equal(row?.device, 'CPU (1 thread)');
    assert.match(row?.passedOver.join() ?? '', /^Models of less than 100 MB run on the CPU: .+\.$/);
  });

  it('holds answers to their format when the setting or the request says so, and says which models can be held', async function () {
    needsPair(this);
    this.timeout(60_000);
    await start({ settings: { constrained: true } });
    const uri = await editor.open('problems.json', dataset(4));
    // The student before training writes a letter, whatever it is asked for.
    const model = 'sketchbook-base';
    const outputOf = async (runId: string) => {
      const report = await editor.request('rationale/output', { runId, record: 'r1' });
      return report?.pieces.map(({ text }) => text).join('') ?? '';
    };
    const stages = /^\s*<SUMMARY>[^<]+<\/SUMMARY>\s*<CAPTION>.*<CONCLUSION>[AB]<\/CONCLUSION>$/s;
    const held = await editor.annotate({ uri, model });
    assert.match(await outputOf(held.runId), stages);
    const free = await editor.annotate({ uri, model, constrained: false });
    assert.doesNotMatch(await outputOf(free.runId), stages);
    assert.equal((await editor.annotate({ uri, model, constrained: true })).reused, 4);
    await assert.rejects(
      editor.annotate({ uri, model: scriptedModel(editor, 4) }),
      /The output of scripted:.* cannot be held to tags or lines, as this prompt asks, but to nothing\.$/,
    );
    const { models } = await editor.request('rationale/models', null);
    assert.equal(models.find(({ id }) => id === model)?.heldTo, 'any format');
  });

  it('asks a teacher where the samples of a student disagree, and shows the numbers of both together', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(6));
    const script = (name: string, lines: object[]) =>
      `scripted:${editor.write(name, lines.map((line) => JSON.stringify(line)).join('\n'))}`;
    const always = { match: 'number', output: rationale('B') };
    const unsure = [
      { match: 'number 3?', sample: 0, output: rationale('B') },
      { match: 'number 3?', output: rationale('A') },
    ];
    const student = script('student.jsonl', [...unsure, always]);
    const teacher = script('teacher.jsonl', [always]);
    const params = {
      uri,
      model: student,
      samples: 4,
      temperature: 0.7,
      cascade: { model: teacher, below: 0.8 },
    };
    const progress: string[] = [];
    const result = await editor.annotate(params, {
      onProgress: ({ message }) => message && progress.push(message),
    });
    assert.deepEqual([result.done, result.reused, result.sent], [25, 0, 1]);
    assert.match(progress.join(), /24\/24 samples.*1\/1 records/);
    const { runs } = await editor.request('rationale/runs', { uri });
    const [both, alone] = [true, false].map((is) => runs.find(({ cascade }) => (cascade !== null) === is)!);
    assert.deepEqual([both!.id, both!.model, both!.n], [result.runId, teacher, 6]);
    assert.deepEqual([both!.metrics?.accuracy.count, alone!.metrics?.accuracy.count], [6, 5]);
    const { student: first, below, sent } = both!.cascade!;
    assert.deepEqual([first, below, sent?.count, sent?.n], [student, 0.8, 1, 6]);
    const again = await editor.annotate(params);
    assert.deepEqual([again.done, again.reused, again.sent], [0, 25, 1]);
    await assert.rejects(editor.annotate({ ...params, samples: 1 }), /A cascade goes by how far the samples/);
    await editor.request('rationale/deleteRun', { runId: alone!.id });
    const [left] = (await editor.request('rationale/runs', { uri })).runs;
    assert.deepEqual([left!.n, left!.cascade], [1, { student: null, below: 0.8, sent: null }]);
  });

  it('is cancelled with a result, keeps what is done, and goes on from there', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(120));
    const slow = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`r${n}`, { delay: 5 }]));
    const model = scriptedModel(editor, 120, slow);
    const cancel = new AbortController();
    const onProgress = ({ message = '' }) => {
      if (Number.parseInt(message, 10) >= 32) cancel.abort();
    };
    const first = await editor.annotate({ uri, model }, { onProgress, cancel: cancel.signal });
    assert.equal(first.cancelled, true);
    const { runs } = await editor.request('rationale/runs', { uri });
    assert.equal(runs.length, 1);
    assert.equal(runs[0]?.finishedAt, null);
    const stored = runs[0]?.n ?? 0;
    assert.ok(stored >= 32 && stored < 120, `${stored} stored`);
    const second = await editor.annotate({ uri, model });
    assert.deepEqual([second.runId, second.done, second.reused], [first.runId, 120 - stored, stored]);
  });

  it('goes on after the server was killed: no record twice, none missing', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(120));
    const slow = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`r${n}`, { delay: 5 }]));
    const model = scriptedModel(editor, 120, slow);
    await new Promise<void>((resolve) => {
      const onProgress = ({ message = '' }) => {
        if (Number.parseInt(message, 10) >= 32) resolve();
      };
      editor.annotate({ uri, model }, { onProgress }).catch(() => undefined);
    });
    await editor.kill();
    editor = await Editor.start({}, editor.folder);
    const again = await editor.open('problems.json', dataset(120));
    const { done, reused } = await editor.annotate({ uri: again, model });
    assert.ok(reused >= 32 && reused < 120);
    assert.equal(done + reused, 120);
    assert.equal((await editor.hints(again)).length, 120);
  });

  it('works on a file that is not open, and what it found is there when the file is opened', async () => {
    await start();
    const text = dataset(10);
    const uri = pathToFileURL(editor.write('problems.json', text)).href;
    const model = scriptedModel(editor, 10, { r2: { output: rationale('A') } });
    assert.equal((await editor.annotate({ uri, model, split: 'val' })).done, 2);
    assert.equal((await editor.annotate({ uri, model })).reused, 2);
    await editor.open('problems.json', text);
    assert.equal((await editor.hints(uri)).length, 10);
    const found = await editor.until('the wrong answer is found', async () => {
      const codes = (await editor.diagnostics(uri)).map(({ code }) => code);
      return codes.length > 0 && codes;
    });
    assert.deepEqual(found, ['wrong-answer']);
  });

  it('runs one after the other', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(20));
    const slow = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`r${n}`, { delay: 10 }]));
    const model = scriptedModel(editor, 20, slow);
    const order: string[] = [];
    const messages: string[] = [];
    const note = (name: string) => (result: AnnotateResult) => order.push(`${name} ${result.done}`);
    await Promise.all([
      editor.annotate({ uri, model, split: 'test' }).then(note('test')),
      editor
        .annotate({ uri, model }, { onProgress: ({ message = '' }) => messages.push(message) })
        .then(note('all')),
    ]);
    // The second finds what the first has stored.
    assert.deepEqual(order, ['test 18', 'all 2']);
    assert.ok(messages.includes('Waiting for another run to finish'), messages.join());
  });

  it('lists runs with their numbers, tells of changes, and forgets a run that is deleted', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(10));
    const model = scriptedModel(editor, 10, {
      r2: { output: rationale('A') },
      r3: { output: 'It depends.' },
    });
    await editor.annotate({ uri, model });
    const [run, ...others] = (await editor.request('rationale/runs', {})).runs;
    assert.equal(others.length, 0);
    assert.deepEqual([run?.uri, run?.n, run?.stale, run?.setting, run?.split], [uri, 10, 0, 1, null]);
    assert.equal(run?.metrics?.accuracy.value, 0.8);
    assert.equal(run?.metrics?.coverage.value, 0.9);
    assert.ok(run?.finishedAt && run.rate);
    await editor.replace(uri, '"not 3"', '"surely not 3"');
    const edited = await editor.until('the edited record counts as stale', async () => {
      const [row] = (await editor.request('rationale/runs', { uri })).runs;
      return row?.stale === 1 && row;
    });
    assert.equal(edited.n, 9);
    await editor.request('rationale/deleteRun', { runId: run?.id ?? '' });
    assert.deepEqual((await editor.request('rationale/runs', { uri })).runs, []);
    await editor.until(
      'the findings of the run are gone',
      async () => (await editor.diagnostics(uri)).length === 0,
    );
    assert.deepEqual(await editor.hints(uri), []);
    assert.ok(editor.messages.some(({ method }) => method === 'rationale/changed'));
  });

  it('lists splits, and the records by topic and by rule', async () => {
    await start();
    const uri = await editor.open('problems.json', dataset(5, { r1: { answer: 7 }, r4: { topic: '' } }));
    const splits = await editor.request('rationale/splits', { uri });
    assert.deepEqual(splits, {
      splits: [
        { name: 'val', records: 2 },
        { name: 'test', records: 3 },
      ],
      records: 5,
    });
    const { groups: topics } = await editor.request('rationale/records', { uri, by: 'topic' });
    assert.deepEqual(
      topics.map(({ label, records }) => [label, ...records.map(({ id }) => id)]),
      [
        ['biology', 'r0', 'r2'],
        ['physics', 'r1', 'r3'],
        ['(no topic)', 'r4'],
      ],
    );
    assert.deepEqual(topics[1]?.counts, { error: 1, warning: 0, information: 0, hint: 0 });
    const { groups: rules } = await editor.request('rationale/records', { uri, by: 'rule' });
    assert.deepEqual(
      rules.map(({ label }) => label),
      ['answer-out-of-range'],
    );
    const [row] = rules[0]?.records ?? [];
    assert.deepEqual([row?.id, row?.label], ['r1', 'Which of these is number 1?']);
    assert.deepEqual(row?.range, (await editor.diagnostics(uri))[0]?.range);
  });
});
