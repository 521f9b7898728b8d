import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import { Editor } from './harness.ts';
import { dataset, PNG, rationale, scriptedModel } from './sample-dataset.ts';

const jsonl = (lines: readonly object[]) => `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;

/** Outputs for the records `r0`, `r1`, … that answer B, except where told otherwise. */
function outputs(count: number, change: Record<string, unknown> = {}): string {
  return jsonl(
    Array.from({ length: count }, (_, n) => ({
      id: `r${n}`,
      raw_output: change[`r${n}`] ?? rationale('B'),
    })),
  );
}

/** The same, as bare letters. */
const letters = (count: number, change: Record<string, unknown> = {}) =>
  outputs(count, {
    ...Object.fromEntries(Array.from({ length: count }, (_, n) => [`r${n}`, 'B'])),
    ...change,
  });

const messageOf = (diagnostic: Diagnostic | undefined) => String(diagnostic?.message);
const labels = async (editor: Editor, uri: string) => (await editor.hints(uri)).map(({ label }) => label);

describe('outputs files through the language server', () => {
  let editor: Editor;
  beforeEach(async () => {
    editor = await Editor.start();
  });
  afterEach(() => editor.stop());

  const beside = (text = dataset(9)) => pathToFileURL(editor.write('problems.json', text)).href;

  it('are weighed against what models have answered, as soon as they have', async () => {
    const uri = beside(dataset(3, { r1: { solution: '' } }));
    const file = await editor.open('student.jsonl', letters(3, { r1: 'A' }));
    const doubts = async () => (await editor.diagnostics(file)).filter(({ code }) => code === 'gold-suspect');
    assert.deepEqual(await doubts(), []);
    const change = { r1: { output: rationale('A') } };
    await editor.annotate({ uri, model: scriptedModel(editor, 3, change) });
    const [doubt] = await editor.until('the gold answer is doubted', async () => {
      const found = await doubts();
      return found.length > 0 && found;
    });
    assert.match(messageOf(doubt), /^2 of 2 models \(student\.jsonl and .*\) answer A/);
    assert.equal(doubt?.range.start.line, 1);
  });

  it('are judged against the dataset beside them, each finding on its own characters', async () => {
    const uri = beside();
    const file = await editor.open(
      'student.jsonl',
      outputs(9, { r4: rationale('A'), r6: 'It depends.\n"Perhaps."' }),
    );
    const found = await editor.diagnostics(file);
    const wrong = found.find(({ code }) => code === 'wrong-answer');
    assert.ok(wrong);
    assert.match(wrong.codeDescription?.href ?? '', /wrong-answer\.md$/);
    assert.equal(wrong.range.start.line, 4);
    assert.match(editor.textAt(file, wrong.range), /^(<CONCLUSION>)?A/);
    const unmapped = found.find(({ code }) => code === 'unmapped-answer');
    assert.ok(unmapped);
    assert.deepEqual(new Set(found.map(({ range }) => range.start.line)), new Set([4, 6]));
    assert.match(editor.textAt(file, unmapped.range), /It depends\.\\n\\"Perhaps\.\\"/);
    const [related] = wrong.relatedInformation ?? [];
    assert.equal(related?.location.uri, uri);
    assert.match(related?.message ?? '', /^Record r4: Which of these is number 4\?/);
    assert.deepEqual(await labels(editor, file), [
      'B ✓',
      'B ✓',
      'B ✓',
      'B ✓',
      'A ✗',
      'B ✓',
      '?',
      'B ✓',
      'B ✓',
    ]);
  });

  it('are recognised as an array and as an object by id too', async () => {
    beside();
    const list = [
      { pid: 'r0', prediction: rationale('B') },
      { pid: 'r1', prediction: rationale('A') },
    ];
    const array = await editor.open('array.json', JSON.stringify(list, null, 2));
    const byId = await editor.open(
      'by-id.json',
      JSON.stringify({ r0: { raw_output: 'B' }, r1: { raw_output: 'A' } }, null, 2),
    );
    for (const uri of [array, byId]) {
      const codes = (await editor.diagnostics(uri)).map(({ code }) => code);
      assert.ok(codes.includes('wrong-answer'), codes.join());
      assert.deepEqual(await labels(editor, uri), ['B ✓', 'A ✗']);
    }
  });

  it('are found in a folder below their dataset, by row when they have no ids and there are as many', async () => {
    beside(dataset(3));
    mkdirSync(join(editor.folder, 'outputs'));
    const rows = [
      { index: 0, raw_output: 'B' },
      { index: 1, raw_output: 'A' },
      { index: 2, raw_output: 'B' },
    ];
    const file = await editor.open('outputs/rows.jsonl', jsonl(rows));
    assert.deepEqual(await labels(editor, file), ['B ✓', 'A ✗', 'B ✓']);
    const fewer = await editor.open('outputs/fewer.jsonl', jsonl(rows.slice(0, 2)));
    const [note, ...others] = await editor.diagnostics(fewer);
    assert.deepEqual(others, []);
    assert.match(messageOf(note), /not judged yet: no dataset/);
  });

  it('say in one sentence that no dataset has their records, with a fix that asks for it', async () => {
    beside();
    const file = await editor.open(
      'other.jsonl',
      jsonl([
        { id: 'x1', raw_output: 'A' },
        { id: 'x2', raw_output: 'B' },
      ]),
    );
    const [note, ...others] = await editor.diagnostics(file);
    assert.deepEqual(others, []);
    assert.equal(note?.severity, DiagnosticSeverity.Information);
    assert.equal(note.range.start.line, 0);
    const [fix] = await editor.actions(file, note.range, [note]);
    assert.deepEqual(fix?.command, {
      title: 'Choose the dataset of these outputs…',
      command: 'rationale.judgeOutputs',
      arguments: [file],
    });
    assert.deepEqual(await editor.hints(file), []);
    assert.equal(await editor.hover(file, { line: 0, character: 4 }), null);
  });

  it('keep silent about lines that are neither records nor outputs', async () => {
    beside();
    for (const [name, text] of [
      [
        'corpus.jsonl',
        jsonl([
          { id: 'a', text: 'Once upon a time.' },
          { id: 'b', text: 'The end.' },
        ]),
      ],
      [
        'log.jsonl',
        jsonl([
          { level: 'info', message: 'B' },
          { level: 'info', message: 'A' },
        ]),
      ],
      ['settings.json', '{\n  "output": "dist"\n}'],
    ] as const) {
      const uri = await editor.open(name, text);
      assert.deepEqual(await editor.diagnostics(uri), [], name);
      assert.deepEqual(await editor.hints(uri), [], name);
    }
  });

  it('are bound by the setting, whatever they look like, and judged anew when it changes', async () => {
    mkdirSync(join(editor.folder, 'data'));
    editor.write('data/mine.json', dataset(4));
    const file = await editor.open(
      'replies.jsonl',
      jsonl([
        { n: 'r1', text: 'A' },
        { n: 'r2', text: 'B' },
      ]),
    );
    assert.deepEqual(await editor.diagnostics(file), []);
    await editor.changeSettings({ outputs: { '*.jsonl': 'data/mine.json' } });
    const [note] = await editor.diagnostics(file);
    assert.match(
      messageOf(note),
      /do not belong to mine\.json: none of the 2 that were looked at names one of its 4 records/,
    );
    await editor.replace(file, '"n":"r1"', '"qid":"r1"');
    await editor.replace(file, '"n":"r2"', '"qid":"r2"');
    await editor.changeSettings({ outputs: { 'replies.jsonl': 'data/mine.json' } });
    assert.deepEqual(await labels(editor, file), ['A ✗', 'B ✓']);
    await editor.changeSettings({ outputs: { '*.jsonl': 'data/gone.json' } });
    const [gone] = await editor.diagnostics(file);
    assert.match(messageOf(gone), /gone\.json cannot be read: there is no such file/);
  });

  it('are read with the index base that they tell themselves, which is said, or with the one that is set', async () => {
    beside();
    const answer = (n: number) => JSON.stringify({ answer: n });
    const zero = { r0: answer(0), r1: answer(0), r2: answer(0), r3: answer(0), r4: answer(0) };
    const file = await editor.open('numbers.jsonl', letters(9, { ...zero, r5: answer(1), r6: answer(1) }));
    const [note] = await editor.diagnostics(file);
    assert.match(messageOf(note), /as if their prompt had counted the choices from 0/);
    assert.deepEqual((await labels(editor, file)).slice(3, 7), ['A ✗', 'A ✗', 'B ✓', 'B ✓']);
    const hover = (await editor.hover(file, { line: 5, character: 12 })) ?? '';
    assert.match(hover, /counted from 0, which is assumed/);
    await editor.changeSettings({ outputs: { 'numbers.jsonl': { indexBase: 1 } } });
    assert.deepEqual((await labels(editor, file)).slice(3, 7), ['?', '?', 'A ✗', 'A ✗']);
    assert.doesNotMatch(messageOf((await editor.diagnostics(file))[0]), /as if their prompt/);
  });

  it('list the datasets that could be meant, those that fit best first', async () => {
    editor.write('another.json', dataset(2));
    const uri = beside();
    const file = await editor.open('some.jsonl', outputs(5));
    const { datasets } = await editor.request('rationale/outputsDatasets', { uri: file });
    assert.deepEqual(datasets[0], { uri, matched: 5, outputs: 5, by: 'by id' });
    assert.deepEqual(datasets[1], {
      uri: pathToFileURL(join(editor.folder, 'another.json')).href,
      matched: 2,
      outputs: 5,
      by: 'by id',
    });
  });

  it('judge again only what is edited, and name the lines that cannot be read or have no record', async () => {
    beside();
    const file = await editor.open('edited.jsonl', outputs(6, { r4: rationale('A') }));
    assert.deepEqual(await editor.findings(file), ['4 wrong-answer']);
    await editor.replace(file, '<CONCLUSION>A', '<CONCLUSION>B');
    assert.deepEqual(await editor.findings(file), []);
    await editor.replace(file, '"r2"', '"r99"');
    const [unknown] = await editor.diagnostics(file);
    assert.equal(unknown?.message, 'problems.json has no record "r99", so this output is not judged.');
    assert.deepEqual(unknown?.range, editor.find(file, '"r99"'));
    await editor.replace(file, '{"id":"r3"', '{"id":"r3');
    assert.deepEqual(await editor.findings(file), ['2 undefined', '3 malformed-record']);
    await editor.replace(file, '"raw_output":', '"reply":', 5);
    assert.deepEqual((await editor.findings(file)).at(-1), '5 malformed-record');
  });

  it('show in the hover what was read from which characters, the stages and the record with its picture', async () => {
    mkdirSync(join(editor.folder, 'images', 'test', 'r3'), { recursive: true });
    const image = editor.write('images/test/r3/image.png', PNG);
    beside(dataset(5, { r3: { image: 'image.png' } }));
    const file = await editor.open('hovered.jsonl', outputs(5, { r3: rationale('A', 'Three is odd.') }));
    const text = (await editor.hover(file, { line: 3, character: 40 })) ?? '';
    assert.ok(text.includes(pathToFileURL(image).href), text);
    assert.match(text, /\*\*Which of these is number 3\?\*\*/);
    assert.match(text, /number 3.*← gold/);
    assert.match(
      text,
      /- \*read as:\* A \(not 3\), from the conclusion stage: ".*A.*" \(confidence [\d.]+, reader rationale \d+\)/,
    );
    for (const stage of ['summary', 'caption', 'reasoning', 'conclusion'])
      assert.match(text, new RegExp(stage));
    assert.match(text, /- \*record:\* \[r3\]\(file:.*problems\.json#L\d+\) of problems\.json, found by id/);
    assert.match(text, /\[wrong-answer\]\(file:/);
  });

  it('lead to their record, and the record to all its outputs', async () => {
    const data = await editor.open('problems.json', dataset(5));
    const one = await editor.open('one.jsonl', outputs(5));
    const two = await editor.open('two.jsonl', outputs(3));
    const [definition] = await editor.definition(one, { line: 2, character: 10 });
    assert.deepEqual(definition, { uri: data, range: editor.find(data, '"r2"') });
    const references = await editor.references(data, editor.find(data, 'number 2?').start);
    assert.deepEqual(
      references.map(({ uri, range }) => [uri, range.start.line]),
      [
        [one, 2],
        [two, 2],
      ],
    );
    assert.equal((await editor.references(data, editor.find(data, 'number 4?').start)).length, 1);
    assert.deepEqual(await editor.definition(data, { line: 2, character: 0 }), []);
  });

  it('follow the edits of their dataset: a corrected gold answer, a record that comes', async () => {
    const data = await editor.open('problems.json', dataset(5));
    const file = await editor.open('follow.jsonl', outputs(6, { r1: rationale('A') }));
    assert.deepEqual(await editor.findings(file), ['1 wrong-answer', '5 undefined']);
    await editor.replace(data, '"answer": 1', '"answer": 0', 1);
    await editor.until('the answer is right now', async () => (await editor.findings(file)).length === 1);
    await editor.replace(data, '"r4"', '"r5"');
    await editor.until(
      'another record is missing',
      async () => (await editor.findings(file))[0] === '4 undefined',
    );
  });

  describe('quick fixes', () => {
    const titles = (actions: readonly { title: string }[]) => actions.map(({ title }) => title);

    it('map an output to the choice a person reads, which then counts', async () => {
      beside();
      const said = 'Nobody could say anything about these with so little known of them.';
      const file = await editor.open('map.jsonl', letters(5, { r2: said }));
      const finding = (await editor.diagnostics(file)).find(({ code }) => code === 'unmapped-answer');
      assert.ok(finding);
      const actions = await editor.actions(file, finding.range, [finding]);
      assert.deepEqual(titles(actions), [
        'Map to A (not 2)',
        'Map to B (number 2)',
        'Mark this output as read',
        'Drop record r2 from problems.json',
      ]);
      assert.deepEqual(actions[1]?.diagnostics, [finding]);
      await editor.apply(file, actions[1]?.edit?.changes?.[file] ?? []);
      assert.ok(editor.textOf(file).includes(`"raw_output":"${said}", "mapped_answer": 1}`));
      assert.deepEqual(await editor.findings(file), []);
      assert.deepEqual((await labels(editor, file))[2], 'B ✓');
      assert.match(
        (await editor.hover(file, { line: 2, character: 3 })) ?? '',
        /from a person’s mapping \(confidence 1/,
      );
      await editor.replace(file, '"mapped_answer": 1', '"mapped_answer": 0');
      assert.deepEqual(await editor.findings(file), ['2 wrong-answer']);
      const [wrong] = await editor.diagnostics(file);
      const again = await editor.actions(file, wrong!.range, [wrong!]);
      await editor.apply(file, again[0]?.edit?.changes?.[file] ?? []);
      assert.ok(editor.textOf(file).includes('"mapped_answer": 1'), 'the field is written over');
    });

    it('mark an output as read: its findings are gone, its hover says so', async () => {
      beside();
      const file = await editor.open('read.jsonl', outputs(5, { r2: rationale('A') }));
      const [finding] = await editor.diagnostics(file);
      const actions = await editor.actions(file, finding!.range, [finding!]);
      const read = actions.find(({ title }) => title === 'Mark this output as read');
      await editor.apply(file, read?.edit?.changes?.[file] ?? []);
      assert.deepEqual(await editor.findings(file), []);
      assert.match((await editor.hover(file, { line: 2, character: 3 })) ?? '', /marked as read/);
    });

    it('correct the dataset: its gold answer, or the record away', async () => {
      const data = await editor.open('problems.json', dataset(4));
      const file = await editor.open('gold.jsonl', outputs(4, { r1: rationale('A'), r3: rationale('A') }));
      const [, last] = await editor.diagnostics(file);
      const actions = await editor.actions(file, last!.range, [last!]);
      const drop = actions.find(({ title }) => title === 'Drop record r3 from problems.json');
      await editor.apply(data, drop?.edit?.changes?.[data] ?? []);
      assert.deepEqual(Object.keys(JSON.parse(editor.textOf(data))), ['r0', 'r1', 'r2']);
      assert.deepEqual(await editor.diagnostics(data), []);
      const [first] = await editor.diagnostics(file);
      const gold = (await editor.actions(file, first!.range, [first!])).find(({ title }) =>
        /gold answer to A/.test(title),
      );
      await editor.apply(data, gold?.edit?.changes?.[data] ?? []);
      assert.equal(JSON.parse(editor.textOf(data)).r1.answer, 0);
      await editor.until(
        'only the output without a record is left',
        async () => (await editor.findings(file)).join() === '3 undefined',
      );
    });

    it('turn a bare string by id into an object', async () => {
      beside();
      const said = 'It "depends" on what is asked, I would say.';
      await editor.changeSettings({ outputs: { 'bare.json': 'problems.json' } });
      const file = await editor.open('bare.json', JSON.stringify({ r0: 'B', r1: said }, null, 2));
      const finding = (await editor.diagnostics(file)).find(({ code }) => code === 'unmapped-answer');
      assert.ok(finding);
      const [map] = await editor.actions(file, finding.range, [finding]);
      await editor.apply(file, map?.edit?.changes?.[file] ?? []);
      assert.deepEqual(JSON.parse(editor.textOf(file)).r1, { output: said, mapped_answer: 0 });
    });
  });
});

describe('an outputs file in an editor that waits for diagnostics', () => {
  it('is sent its findings, and new ones after an edit', async () => {
    const editor = await Editor.start({ pulls: false });
    editor.write('problems.json', dataset(4));
    const file = await editor.open('pushed.jsonl', outputs(4, { r2: rationale('A') }));
    const codes = () => editor.published.get(file)?.map(({ code }) => code);
    await editor.until('the wrong answer is published', () => codes()?.join() === 'wrong-answer');
    await editor.replace(file, '<CONCLUSION>A', '<CONCLUSION>B');
    await editor.until('nothing is left', () => codes()?.length === 0);
    await editor.stop();
  });
});
