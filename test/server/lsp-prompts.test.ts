import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Environment, Template } from '@huggingface/jinja';
import fc from 'fast-check';
import { type Diagnostic, DiagnosticSeverity, type TextEdit } from 'vscode-languageserver/node';
import { completePrompt, hoverPrompt } from '../../server/src/core/pipeline/prompty.ts';
import { FILTERS, STATEMENTS, TESTS } from '../../server/src/core/prompts/vocabulary.ts';
import { Editor } from './harness.ts';
import { dataset } from './sample-dataset.ts';

/** A prompt file of the setting that asks for the question, then whatever else is given. */
const prompt = (body: string, rationale = 'setting: 1') =>
  `---\nname: Test\nmetadata:\n  rationale:\n    ${rationale}\n---\nuser:\nQuestion: {{ question }}\n${body}\nAnswer within <SUMMARY>, <CAPTION>, <REASONING> and <CONCLUSION>.\n`;

describe('prompt files through the language server', () => {
  let editor: Editor;
  beforeEach(async () => {
    editor = await Editor.start();
  });
  afterEach(() => editor.stop());

  const offers = async (uri: string, needle: string, at = needle.length) => {
    const { start } = editor.find(uri, needle);
    const list = await editor.completions(uri, { ...start, character: start.character + at });
    return list?.items ?? [];
  };
  const labels = async (uri: string, needle: string, at?: number) =>
    (await offers(uri, needle, at)).map(({ label }) => label);
  const unknown = async (uri: string) =>
    (await editor.diagnostics(uri)).filter(({ code }) => code === 'unknown-variable');
  const hover = async (uri: string, needle: string) =>
    String(await editor.hover(uri, editor.find(uri, needle).start));

  it('have findings on their own characters, with code and page, gone as they are typed away', async () => {
    const uri = await editor.open('a.prompty', prompt('Hint: {{ hnt }}'));
    const [finding, ...others] = await editor.diagnostics(uri);
    assert.deepEqual(others, []);
    assert.equal(finding?.code, 'unknown-variable');
    assert.equal(finding.severity, DiagnosticSeverity.Error);
    assert.match(finding.codeDescription?.href ?? '', /unknown-variable\.md$/);
    assert.equal(editor.textAt(uri, finding.range), 'hnt');
    await editor.replace(uri, 'hnt', 'hint');
    assert.deepEqual(await editor.diagnostics(uri), []);
  });

  it('are made of files of other formats, and say what could not be carried over', async () => {
    const cases = resolve(import.meta.dirname, '../cases/prompts/imported');
    for (const name of ['magnets.prompt', 'summary.prompt.yml', 'sciq.yaml']) {
      const uri = pathToFileURL(join(cases, name)).href;
      const { text, from, notes } = await editor.request('rationale/importPrompt', { uri });
      assert.equal(text, readFileSync(join(cases, `${name}.prompty`), 'utf8'));
      assert.match(from, /dotprompt|GitHub Models|lm-eval/);
      for (const note of notes) assert.match(note, /\.$/);
    }
    const { href } = pathToFileURL(join(cases, 'magnets.prompt.prompty'));
    await assert.rejects(
      editor.request('rationale/importPrompt', { uri: href }),
      /is in no prompt format that is known here/,
    );
    await assert.rejects(
      editor.request('rationale/importPrompt', { uri: 'untitled:a.prompt' }),
      /Only files on the disk can be imported\./,
    );
  });

  it('have fixes that name the finding they settle', async () => {
    const uri = await editor.open('a.prompty', prompt('Hint: {{ hnt }}'));
    const [finding] = (await editor.diagnostics(uri)) as [Diagnostic];
    const [fix] = await editor.actions(uri, finding.range, [finding]);
    assert.equal(fix?.title, 'Write "hint"');
    assert.equal(fix.isPreferred, true);
    assert.deepEqual(fix.diagnostics, [finding]);
    await editor.apply(uri, fix.edit?.changes?.[uri] ?? []);
    assert.equal(editor.textOf(uri), prompt('Hint: {{ hint }}'));
    assert.deepEqual(await editor.actions(uri, editor.find(uri, '{{ hint }}')), []);
  });

  it('follow the settings of the rules, and answer the same question only once', async () => {
    const uri = await editor.open('a.prompty', prompt('{{ hnt }}'));
    const first = await editor.diagnose(uri);
    assert.equal(first.kind, 'full');
    assert.equal((await editor.diagnose(uri, first.resultId)).kind, 'unchanged');
    await editor.changeSettings({ rules: { 'unknown-variable': 'hint' } });
    assert.equal((await unknown(uri))[0]?.severity, DiagnosticSeverity.Hint);
    await editor.changeSettings({ rules: { 'unknown-variable': 'off' } });
    assert.deepEqual(await unknown(uri), []);
  });

  it('are checked against the dataset beside them, and follow its edits', async () => {
    const records = dataset(3, { r0: { image: 'image.png' } });
    editor.write('problems.json', records);
    const uri = await editor.open('a.prompty', prompt(''));
    assert.ok((await editor.findings(uri)).some((finding) => finding.endsWith('missing-image-input')));
    const problems = await editor.open('problems.json', records);
    await editor.replace(problems, '"image.png"', 'null');
    await editor.until('no record has an image any more', async () =>
      (await editor.findings(uri)).every((finding) => !finding.endsWith('missing-image-input')),
    );
  });

  it('are held against the model that they name as soon as it is known', async () => {
    editor.write('problems.json', dataset(3));
    const uri = await editor.open(
      'a.prompty',
      prompt('{{ topic }}').replace('name: Test', 'model: sketchbook-base'),
    );
    const rules = async () => (await editor.diagnostics(uri)).map(({ code }) => code).sort();
    await editor.until('the model is known', async () => (await rules()).includes('train-template-mismatch'));
    await editor.replace(uri, 'Answer within', `${'Look at the picture. '.repeat(200)}Answer within`);
    assert.deepEqual(await rules(), ['prompt-too-long', 'train-template-mismatch']);
    await editor.replace(uri, 'sketchbook-base', 'gpt-4');
    assert.deepEqual(await rules(), []);
  });

  it('offer within tags what the setting offers, with the first record’s values', async () => {
    editor.write('problems.json', dataset(2));
    mkdirSync(join(editor.folder, 'prompts'));
    const uri = await editor.open('prompts/a.prompty', prompt('{% if hi %}{{ topic|upper }}{% endif %}'));
    const all = await offers(uri, 'Question: {{ ');
    const question = all.find(({ label }) => label === 'question');
    assert.equal(question?.detail, 'Which of these is number 0?');
    assert.equal(question.documentation, 'the question');
    const { range, newText } = question.textEdit as TextEdit;
    assert.deepEqual([editor.textAt(uri, range), newText], ['question', 'question']);
    assert.equal(all.find(({ label }) => label === 'choices')?.detail, '"not 0", "number 0"');
    assert.equal(all.find(({ label }) => label === 'hint')?.detail, '(empty)');
    assert.ok(!all.some(({ label }) => label === 'lecture' || label === 'solution' || label === 'answer'));
    const hint = (await offers(uri, '{% if hi')).find(({ label }) => label === 'hint');
    assert.ok(hint);
    assert.equal(editor.textAt(uri, (hint.textEdit as TextEdit).range), 'hi');
    assert.deepEqual(await labels(uri, 'Question: '), []);
    assert.ok((await labels(uri, '{{ topic|')).includes('upper'));
    assert.ok((await labels(uri, '{% i')).includes('if'));
    assert.deepEqual(await labels(uri, 'user:'), ['system:', 'user:', 'assistant:']);
    await editor.replace(uri, 'setting: 1', 'setting: 3');
    assert.ok((await labels(uri, 'Question: {{ ')).includes('solution'));
  });

  it('offer variables without a dataset too, in a tag that is not closed yet', async () => {
    const uri = await editor.open('a.prompty', `${prompt('')}{{ qu`);
    const [id] = await offers(uri, '{{ qu');
    assert.equal(id?.label, 'id');
    assert.equal(id.detail, '');
  });

  it('offer keys and values of metadata.rationale while the YAML is half written, and nowhere else', async () => {
    const uri = await editor.open('a.prompty', prompt('', 'setting: 1\n    fo'));
    const keys = await offers(uri, '    fo');
    assert.deepEqual(
      keys.map(({ textEdit }) => (textEdit as TextEdit).newText),
      [
        'dataset: ',
        'split: ',
        'models: ',
        'format: ',
        'reader: ',
        'gold: ',
        'fields:',
        'strategy: ',
        'order: ',
        'demonstrations:',
      ],
    );
    await editor.replace(uri, '    fo', '    format: ');
    assert.deepEqual(await labels(uri, 'format: '), ['stages', 'json', 'letter']);
    assert.deepEqual(await labels(uri, 'setting: '), ['1', '2', '3', '4']);
    assert.deepEqual(await labels(uri, 'name: '), []);
    assert.deepEqual(await labels(uri, '  ratio'), ['authors', 'tags', 'version', 'rationale']);
    assert.ok((await labels(uri, 'name', 0)).includes('model'));
  });

  it('offer the models, datasets, splits and fields that there are', async () => {
    editor.write('problems.json', dataset(4, { r2: { split: 'test' } }));
    mkdirSync(join(editor.folder, 'prompts'));
    const uri = await editor.open(
      'prompts/a.prompty',
      prompt('', 'models: [sketch]\n    dataset: ../prob\n    split: t\n    fields:\n      ask: que'),
    );
    assert.ok((await labels(uri, 'models: [sketch')).includes('sketchbook-student'));
    const [file] = await offers(uri, 'dataset: ../prob');
    assert.equal(file?.label, '../problems.json');
    assert.equal(editor.textAt(uri, (file.textEdit as TextEdit).range), '../prob');
    await editor.replace(uri, '../prob', '../problems.json');
    assert.ok((await labels(uri, 'split: t')).includes('test'));
    assert.ok((await labels(uri, 'ask: que')).includes('question'));
  });

  it('are for the dataset and the split that they name, under names of their own', async () => {
    editor.write('problems.json', dataset(2));
    editor.write('other.json', dataset(4, { r2: { split: 'test', topic: 'tides' } }));
    const uri = await editor.open(
      'a.prompty',
      prompt('{{ about }}', 'dataset: other.json\n    split: test\n    fields: { about: topic }'),
    );
    assert.deepEqual(await editor.diagnostics(uri), []);
    assert.match(
      await hover(uri, 'about }}'),
      /^\*\*about\*\*: the topic .*\n\nIn record r2 of other.json: tides$/,
    );
    assert.match(
      await hover(uri, 'split: test'),
      /^\*\*metadata.rationale.split\*\*: the split of the dataset/,
    );
  });

  it('say where the front matter stands of a dataset that is gone, a split and a reader that are none', async () => {
    editor.write('problems.json', dataset(4, { r2: { split: 'test' } }));
    const uri = await editor.open(
      'a.prompty',
      prompt('', 'dataset: problms.json\n    split: tset\n    reader: svd'),
    );
    const said = async () =>
      (await editor.diagnostics(uri)).map(({ range, message }) => `${editor.textAt(uri, range)}: ${message}`);
    const reader = /^svd: There is no answer reader "svd": there are rationale, /;
    const [noDataset, noReader, ...others] = await said();
    assert.equal(
      noDataset,
      'problms.json: There is no dataset "problms.json", counted from the folder of this file.',
    );
    assert.match(noReader ?? '', reader);
    assert.deepEqual(others, []);
    await editor.replace(uri, 'problms', 'problems');
    assert.match(
      (await said())[0] ?? '',
      /^tset: No record of problems.json is in the split "tset": it has .*test/,
    );
    rmSync(join(editor.folder, 'problems.json'));
    assert.match((await said())[0] ?? '', /^problems.json: There is no dataset/);
  });

  it('show what a variable is and holds when hovered', async () => {
    editor.write('problems.json', dataset(2));
    const uri = await editor.open(
      'a.prompty',
      prompt('{{ topic }} {{ lecture }} {{ answer }} {{ nothing }}'),
    );
    assert.equal(
      await hover(uri, 'topic'),
      '**topic**: the topic within the subject\n\nIn record r0 of problems.json: biology',
    );
    assert.match(
      await hover(uri, 'lecture }}'),
      /renders as nothing: setting 1 withholds it, settings 2 and 3 offer it/,
    );
    assert.match(await hover(uri, 'answer }}'), /gold: true/);
    assert.match(await hover(uri, 'nothing'), /unknown-variable/);
    assert.equal(await hover(uri, 'Question'), 'null');
  });

  it('show the values of the record that the preview was last asked for', async () => {
    editor.write('problems.json', dataset(3, { r2: { topic: 'tides' } }));
    const uri = await editor.open('a.prompty', prompt('{{ topic }}'));
    assert.match(await hover(uri, 'topic'), /In record r0 of problems\.json: biology$/);
    const problems = pathToFileURL(join(editor.folder, 'problems.json')).href;
    await editor.request('rationale/renderPrompt', { uri, record: { dataset: problems, id: 'r2' } });
    assert.match(await hover(uri, 'topic'), /In record r2 of problems\.json: tides$/);
    const topic = (await offers(uri, 'Question: {{ ')).find(({ label }) => label === 'topic');
    assert.equal(topic?.detail, 'tides');
  });

  it('show what a filter makes of a value, and the card of a model', async () => {
    const uri = await editor.open(
      'a.prompty',
      prompt('{{ topic|upper }}').replace('name: Test', 'model: { id: sketchbook-student }'),
    );
    assert.match(
      await hover(uri, 'upper'),
      /^\*\*upper\*\*: in large letters\n\n`value \| upper`, for a value that is a text/,
    );
    assert.match(
      await hover(uri, 'sketchbook-student'),
      /^\*\*Sketchbook student\*\* .*\n\nThe distilled student: .*\n\nIt takes 512 tokens, its answer included\.\n\nIt was trained with setting-1, /,
    );
    await editor.replace(uri, 'sketchbook-student', 'gpt-4');
    assert.equal(await hover(uri, 'gpt-4'), '**gpt-4** is no model that is known here.');
  });

  it('say when hovered that no dataset is known', async () => {
    const uri = await editor.open('a.prompty', prompt(''));
    assert.match(await hover(uri, 'question }}'), /No dataset lies beside or above this file/);
  });

  it('are no datasets or outputs, whatever they hold, and broken ones break nothing', async () => {
    for (const text of ['', '{', dataset(1), '---\n', '---\n---\n{{', '---\n: [\n---\n{% for %}', '{{ "']) {
      const uri = await editor.open('a.prompty', text);
      assert.ok(
        (await editor.diagnostics(uri)).every(({ code }) => code !== 'malformed-record'),
        text,
      );
      await editor.hover(uri, { line: 0, character: 1 });
      await editor.completions(uri, { line: 0, character: 4 });
      await editor.symbols(uri);
      await editor.close(uri);
    }
    assert.ok(editor.isAlive);
  });
});

describe('prompt files in an editor that waits for diagnostics, in a workspace that is not trusted', () => {
  it('have their findings sent, and taken back when the file is closed', async () => {
    const editor = await Editor.start({ pulls: false, options: { trusted: false } });
    try {
      const uri = await editor.open('a.prompty', prompt('{{ hnt }}'));
      const sent = () =>
        editor.published
          .get(uri)
          ?.map(({ code }) => code)
          .join();
      await editor.until('the finding is sent', () => sent() === 'unknown-variable');
      await editor.replace(uri, 'hnt', 'hint');
      await editor.until('it is gone', () => sent() === '');
      await editor.replace(uri, 'hint }}', 'hnt }}');
      await editor.until('it is back', () => sent() === 'unknown-variable');
      await editor.close(uri);
      await editor.until('it is taken back', () => sent() === '');
      assert.equal(uri, pathToFileURL(join(editor.folder, 'a.prompty')).href);
    } finally {
      await editor.stop();
    }
  });
});

describe('completion and hover in a prompt file', () => {
  const complete = (text: string, offset: number) =>
    completePrompt({ name: 'a', text }, offset, null, { datasets: [], models: [], partials: [] });

  it('describe every variable that a record offers', () => {
    const text = '---\nmetadata:\n  rationale:\n    setting: 3\n    gold: true\n---\n{{ ';
    const items = complete(text, text.length)?.items ?? [];
    assert.ok(items.length > 15);
    assert.deepEqual(
      items.filter(({ what }) => what === ''),
      [],
    );
  });

  for (const [before, offered] of [
    ['{{ a | ', 'tojson'],
    ['{% filter ', 'upper'],
    ['{{ a is ', 'defined'],
    ['{{ a is not ', 'none'],
    ['{% ', 'endfor'],
    ['{%- e', 'else'],
    ['us', 'user:'],
  ] as const) {
    it(`offer ${offered} after ${before}, and no variable`, () => {
      const text = `---\nname: a\n---\n${before}`;
      const items = complete(text, text.length)?.items ?? [];
      assert.ok(items.some(({ label }) => label === offered));
      assert.ok(!items.some(({ kind }) => kind === 'variable'));
    });
  }

  it('know every filter, test and statement that the template engine does, and no other', () => {
    const values = { text: 'a', list: ['a'], number: 1, mapping: { a: 1 }, truth: true, anything: 'a' };
    const render = (template: string, value: unknown) => new Template(template).render({ value });
    for (const { name, takes, given } of FILTERS) {
      // Words in what is given stand for what people write there.
      const call = given === undefined || /^[a-z]/.test(given) ? name : `${name}(${given})`;
      const needs = {
        map: 'map(attribute="a")',
        rejectattr: 'rejectattr("a")',
        selectattr: 'selectattr("a")',
        default: 'default("b")',
      };
      for (const type of takes) {
        const value = call.endsWith('attr("name")') ? [{ a: 1 }] : name === 'map' ? [{ a: 1 }] : values[type];
        const applied = Object.hasOwn(needs, name) ? needs[name as keyof typeof needs] : call;
        assert.doesNotThrow(() => render(`{{ value | ${applied} }}`, value), `${applied} of ${type}`);
      }
    }
    const engine = [...(new Environment() as unknown as { tests: Map<string, unknown> }).tests.keys()];
    assert.deepEqual(TESTS.map(([name]) => name).sort(), engine.sort());
    const blocks = STATEMENTS.filter(([name]) => name.startsWith('end')).map(([name]) => name.slice(3));
    assert.deepEqual(blocks.sort(), ['call', 'filter', 'for', 'if', 'macro', 'set']);
  });

  for (const before of ['{{ "', "{{ 'it is ", '{{ a.', '{{ a ', '{% set ', '{% for ', '{# ', '{{ a }} ']) {
    it(`offer nothing after ${before}`, () => {
      const text = `---\nname: a\n---\n${before}`;
      assert.equal(complete(text, text.length), null);
    });
  }

  for (const before of [
    '{% set x = ',
    '{% for x in ',
    '{% elif not ',
    '{{ a and ',
    '{{ letters[',
    '{{ "a" ~ ',
    '{{- ',
  ]) {
    it(`offer variables after ${before}`, () => {
      const text = `---\nname: a\n---\n${before}`;
      assert.ok(complete(text, text.length)?.items.some(({ label }) => label === 'question'));
    });
  }

  it('throw at no text and no offset, and replace only what is around the offset', () => {
    const pieces = fc.constantFrom(
      ...[
        '---\n',
        'metadata:\n',
        '  rationale:\n',
        '    setting:',
        ' ',
        '\r\n',
        '{{',
        '{%',
        '}}',
        '%}',
        '"',
        "'",
      ],
      ...['question', 'for x in', '|', '.', '#'],
    );
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(pieces, { maxLength: 25 }).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(texts, fc.nat(200), (text, at) => {
        const offset = Math.min(at, text.length);
        hoverPrompt({ name: 'a', text }, offset, null);
        const found = complete(text, offset);
        if (!found) return;
        assert.ok(found.span.start <= offset && offset <= found.span.end && found.span.end <= text.length);
        assert.match(text.slice(found.span.start, found.span.end), /^[\w./-]*:?$/);
      }),
      { numRuns: 1000 },
    );
  });
});
