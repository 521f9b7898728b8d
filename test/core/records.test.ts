import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import { fieldSpans } from '../../server/src/core/records/field-spans.ts';
import { fieldsOf, readTree } from '../../server/src/core/records/tolerant-tree.ts';
import type { DatasetLayout, RecordSource } from '../../server/src/core/records/types.ts';

const RECORD = { question: 'Which is a metal?', choices: ['oak', 'iron'], answer: 1 };
const body = JSON.stringify(RECORD);

const open = (text: string) => DatasetDocument.create(text);
const sources = (document: DatasetDocument) =>
  document.chunks.flatMap((chunk) => (chunk.source ? [chunk.source] : []));
const ids = (text: string) => sources(open(text)).map((source) => source.record.id);
const only = (text: string): RecordSource => {
  const [source, ...others] = sources(open(text));
  assert.ok(source && others.length === 0);
  return source;
};

describe('Reading records', () => {
  const layouts: [name: string, text: string, layout: DatasetLayout, ids: string[]][] = [
    [
      'an object by id, indented',
      JSON.stringify({ 7: RECORD, b: RECORD }, null, 4),
      'json-object',
      ['7', 'b'],
    ],
    ['an object by id, on one line', JSON.stringify({ 7: RECORD, b: RECORD }), 'json-object', ['7', 'b']],
    ['a list, by the field id', `[${body.replace('{', '{"id": 3, ')}]`, 'json-array', ['3']],
    ['a list, by the field pid', `[\n  ${body.replace('{', '{"pid": "p1", ')}\n]`, 'json-array', ['p1']],
    ['a list, by row', `[${body}, ${body}]`, 'json-array', ['0', '1']],
    ['JSONL, by the field question_id', `${body.replace('{', '{"question_id": 5, ')}\n`, 'jsonl', ['5']],
    ['JSONL, by row, blank lines not counted', `${body}\n\n${body}\r\n${body}`, 'jsonl', ['0', '1', '2']],
    ['JSONL whose first key is not a field of records', '{"source": "x", "question": "q"}\n', 'jsonl', ['0']],
    ['one record in an object by id', JSON.stringify({ answer_1: RECORD }), 'json-object', ['answer_1']],
    ['a byte order mark', `\uFEFF{"7": ${body}}`, 'json-object', ['7']],
    ['an empty object', '{}', 'json-object', []],
    ['prose', 'Once upon a time', 'unknown', []],
  ];
  for (const [name, text, layout, expected] of layouts) {
    it(`recognises ${name}`, () => {
      assert.equal(open(text).layout, layout);
      assert.deepEqual(ids(text), expected);
    });
  }

  it('takes ScienceQA fields as they are and counts what is absent as empty', () => {
    const { record, problems } = only(`{"7": ${body}}`);
    assert.deepEqual(problems, []);
    assert.deepEqual(record, {
      ...{ id: '7', ...RECORD, hint: '', image: null, task: '', grade: '', subject: '', topic: '' },
      ...{ caption: '', category: '', skill: '', lecture: '', solution: '', split: null },
    });
  });

  it('says where the record, its id and its fields stand', () => {
    const text = `{\n  "7": {"question": "Wh\\u0061t?", "choices": ["oak", "iron"], "answer": 1}\n}`;
    const document = open(text);
    const index = document.find('7') as number;
    const base = document.startOf(index);
    const source = document.chunks[index]?.source as RecordSource;
    const at = ({ start, end }: { start: number; end: number }) => text.slice(base + start, base + end);
    assert.equal(at(source.idSpan), '"7"');
    assert.equal(at(source.span), text.slice(4, -2));
    const fields = [...source.fields].map(([path, { key, value }]) => [path, key ? at(key) : '', at(value)]);
    assert.deepEqual(fields, [
      ['question', '"question"', '"Wh\\u0061t?"'],
      ['choices', '"choices"', '["oak", "iron"]'],
      ['choices[0]', '', '"oak"'],
      ['choices[1]', '', '"iron"'],
      ['answer', '"answer"', '1'],
    ]);
  });

  it('finds the fields of any valid record where a full parser finds them', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(0, 2, '\t'),
        (value, indent) => {
          const text = `  ${JSON.stringify(value, null, indent)},`;
          const object = { start: 2, end: text.length - 1 };
          assert.deepEqual(fieldSpans(text, object), new Map(fieldsOf(readTree(text, object))));
        },
      ),
    );
  });

  it('survives brackets nested deeper than the stack', () => {
    const deep = '['.repeat(100_000);
    const broken = only(`{"7": {"question": ${deep}`);
    assert.match(broken.problems[0]?.message ?? '', /nested too deeply/);
    const valid = only(`{"7": {"deep": ${deep}${']'.repeat(100_000)}, "question": "q", "choices": []}}`);
    assert.ok(valid.fields.has('choices'));
  });

  it('counts ids and finds the first record of each', () => {
    const document = open(`{"7": ${body}, "8": ${body}, "7": ${body}}`);
    assert.deepEqual([document.idCount('7'), document.idCount('8'), document.idCount('9')], [2, 1, 0]);
    assert.equal(document.find('8'), 2);
    assert.equal(document.find('9'), undefined);
  });
});

describe('Editing a dataset', () => {
  const text = JSON.stringify({ 1: RECORD, 2: RECORD, 3: RECORD, 4: RECORD }, null, 2);
  const typeAt = (document: DatasetDocument, offset: number, inserted: string, removed = 0) => {
    const range = { start: document.positionAt(offset), end: document.positionAt(offset + removed) };
    document.edit({ range, text: inserted });
  };
  /** Indexes of the chunks that are not the objects they were. */
  const changed = (before: readonly unknown[], document: DatasetDocument) =>
    document.chunks.flatMap((chunk, index) => (before.includes(chunk) ? [] : [index]));

  it('leaves every chunk but the edited one as it is', () => {
    const document = open(text);
    const before = [...document.chunks];
    typeAt(document, document.startOf(2) + 30, 'x');
    assert.deepEqual(changed(before, document), [2]);
  });

  for (const [what, removed, inserted] of [
    ['a quote typed', 0, '"'],
    ['an opening brace typed', 0, '{'],
    ['a closing brace typed', 0, '}'],
    ['a line end typed', 0, '\n'],
  ] as const) {
    it(`keeps the records after ${what} in the middle of one, and is whole again when it is taken back`, () => {
      const document = open(text);
      const before = [...document.chunks];
      const offset = document.startOf(2) + document.chunks[2]!.text.indexOf('"choices"');
      typeAt(document, offset, inserted, removed);
      assert.deepEqual(
        sources(document).map(({ record }) => record.id),
        ['1', '2', '3', '4'],
      );
      assert.ok(before[3] === document.chunks.at(-3) && before[4] === document.chunks.at(-2));
      typeAt(document, offset, '', inserted.length);
      assert.deepEqual(changed(before, document), [2]);
      assert.deepEqual(
        sources(document).flatMap(({ problems }) => problems),
        [],
      );
    });
  }

  it('finds the next record when the closing brace of one is deleted', () => {
    const document = open(text);
    const close = document.startOf(2) + document.chunks[2]!.text.lastIndexOf('}');
    typeAt(document, close, '', 1);
    assert.deepEqual(
      sources(document).map(({ record }) => record.id),
      ['1', '2', '3', '4'],
    );
    assert.equal(sources(document).flatMap(({ problems }) => problems).length, 1);
  });

  it('numbers rows anew when a line of JSONL goes', () => {
    const document = open(`${body}\n${body.replace('{', '{"id": "own", ')}\n${body}\n`);
    assert.deepEqual(
      sources(document).map(({ record }) => record.id),
      ['0', 'own', '2'],
    );
    document.edit({ range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } }, text: '' });
    assert.deepEqual(
      sources(document).map(({ record }) => record.id),
      ['own', '1'],
    );
    assert.equal(document.find('1'), 1);
  });

  it('keeps what still reads the same when the whole text is sent again', () => {
    const document = open(text);
    const before = [...document.chunks];
    document.edit({ text: text.replace('"3"', '"33"') });
    assert.deepEqual(changed(before, document), [3]);
  });
});
