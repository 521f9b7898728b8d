import assert from 'node:assert/strict';
import { removeChoice, setAnswer } from '../../server/src/core/annotations/choice-edits.ts';
import { RecordChecks } from '../../server/src/core/pipeline/records.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import { type FieldMap, readFieldMap, readFieldMaps } from '../../server/src/core/records/field-map.ts';
import type { Chunk, RecordSource } from '../../server/src/core/records/types.ts';

/** Two records as A-OKVQA writes them (Schwenk et al., 2022). */
const AOKVQA = [
  '{"split": "train", "image_id": 299207, "question_id": "22MexNkBPpdZGX6sxbxVBH", "question": "What is the man by the bags awaiting?", "choices": ["skateboarder", "train", "delivery", "cab"], "correct_choice_idx": 3, "rationales": ["A train would not be on the street.", "He is at the kerb with bags."]}',
  '{"split": "val", "image_id": 461751, "question_id": "2b", "question": "Where is the cat?", "choices": ["roof", "roof"], "correct_choice_idx": 4, "rationales": []}',
].join('\n');
const AOKVQA_FIELDS = {
  answer: 'correct_choice_idx',
  solution: 'rationales',
  image: '{split}2017/{image_id:012}.jpg',
};

/** A table of letters, as MMBench and M3CoT have. */
const COLUMNS = {
  index: 7,
  query: { text: 'Which is a metal?' },
  ...{ A: 'oak', B: 'iron', C: null, D: '' },
  label: 'B',
};
const COLUMNS_FIELDS = {
  id: 'index',
  question: 'query.text',
  choices: ['A', 'B', 'C', 'D'],
  answer: 'label',
};

function mapOf(fields: object): FieldMap {
  const { map, problems } = readFieldMap(fields);
  assert.deepEqual(problems, []);
  return map as FieldMap;
}

function sources(text: string, fields: object): RecordSource[] {
  const document = DatasetDocument.create(text, { map: mapOf(fields), captions: null });
  return document.chunks.flatMap(({ source }) => source ?? []);
}

function only(value: object, fields: object): { source: RecordSource; text: string } {
  const text = JSON.stringify(value);
  const [source] = sources(text, fields);
  return { source: source as RecordSource, text };
}

/** What is found in the last record of a file, and its text. */
function lastOf(file: string, fields: object) {
  const document = DatasetDocument.create(file, { map: mapOf(fields), captions: null });
  const around = { path: '/a.jsonl', image: () => ({ state: 'none' }) as const, splits: null, rules: {} };
  const chunk = document.chunks.at(-1) as Chunk;
  return { found: new RecordChecks(document, around).check(chunk), text: chunk.text };
}

function edited(text: string, edits: ReturnType<typeof removeChoice>): string | null {
  const inOrder = edits?.toSorted((a, b) => b.span.start - a.span.start) ?? [];
  if (inOrder.length === 0) return null;
  return inOrder.reduce(
    (all, { span, newText }) => all.slice(0, span.start) + newText + all.slice(span.end),
    text,
  );
}

describe('a field map', () => {
  it('reads A-OKVQA as it is published', () => {
    const [first] = sources(AOKVQA, AOKVQA_FIELDS);
    const { id, question, choices, answer, solution, image, split } = (first as RecordSource).record;
    assert.deepEqual(
      { id, question, choices, answer, solution, image, split },
      {
        id: '22MexNkBPpdZGX6sxbxVBH',
        question: 'What is the man by the bags awaiting?',
        choices: ['skateboarder', 'train', 'delivery', 'cab'],
        answer: 3,
        solution: 'A train would not be on the street.\nHe is at the kerb with bags.',
        image: 'train2017/000000299207.jpg',
        split: 'train',
      },
    );
  });

  it('lets findings stand on the fields that are there', () => {
    const { found, text } = lastOf(AOKVQA, AOKVQA_FIELDS);
    const places = found.map(({ rule, span }) => `${rule} ${text.slice(span.start, span.end)}`);
    assert.ok(places.includes('answer-out-of-range 4'), places.join('\n'));
    assert.ok(places.includes('duplicate-choice "roof"'), places.join('\n'));
  });

  it('lets messages and fixes speak of an answer as the record writes it', () => {
    const record = { choices: ['3', '4', '5'], label: 4, why: 'The answer is 4.', q: 'What is 2 + 2?' };
    const fields = { question: 'q', answer: 'label', solution: 'why', indexBase: 1 };
    const said = (label: number | string) =>
      lastOf(JSON.stringify({ ...record, label }), fields)
        .found.filter(({ field }) => field === 'answer')
        .map(({ message, fixes }) => [message, ...fixes.map(({ title }) => title)]);
    const fix = 'Set "label" to 2, B: "4"';
    assert.deepEqual(said(4), [['"label" is 4, but there are 3 choices, counted from 1 to 3.', fix]]);
    assert.deepEqual(said(1), [['The gold answer is A, but the solution names B: "4".', fix]]);
    assert.deepEqual(said('X'), [
      ['"label" is "X", but there are 3 choices, counted from "A" to "C".', 'Set "label" to "B", B: "4"'],
    ]);
  });

  it('reads choices from fields of their own, of which the last may be empty, and a letter as the answer', () => {
    const { source, text } = only(COLUMNS, COLUMNS_FIELDS);
    const { id, question, choices, answer } = source.record;
    assert.deepEqual(
      { id, question, choices, answer },
      { id: '7', question: 'Which is a metal?', choices: ['oak', 'iron'], answer: 1 },
    );
    assert.deepEqual(source.problems, []);
    const span = source.fields.get('choices[1]')?.value;
    assert.equal(text.slice(span?.start, span?.end), '"iron"');
  });

  it('reads choices from an object by letter', () => {
    const { source } = only(
      { q: 'Which?', o: { A: 'oak', B: 'iron' }, a: '(B)' },
      { question: 'q', choices: 'o', answer: 'a' },
    );
    assert.deepEqual([source.record.choices, source.record.answer], [['oak', 'iron'], 1]);
  });

  for (const [written, choices, indexBase, choice] of [
    [2, ['a', 'b', 'c'], 1, 1],
    ['2', ['a', 'b', 'c'], 0, 2],
    ['2', ['1', '2', '3'], 0, 1],
    ['c.', ['oak', 'iron', 'tin'], 0, 2],
    ['iron', ['oak', 'iron'], 0, 1],
  ] as const) {
    it(`takes the answer ${JSON.stringify(written)} among ${choices.join(', ')} for choice ${choice}, and writes it alike`, () => {
      const record = { question: 'q', choices, label: written };
      const { source, text } = only(record, { answer: 'label', indexBase });
      assert.equal(source.record.answer, choice);
      assert.deepEqual(source.problems, []);
      const other = JSON.parse(edited(text, setAnswer(source, 0)) as string);
      assert.equal(typeof other.label, typeof written);
      assert.equal(only(other, { answer: 'label', indexBase }).source.record.answer, 0);
    });
  }

  it('says in the words of the file what cannot be read', () => {
    const { source, text } = only(
      { query: 5, o: 'oak', label: 'oak or iron' },
      { question: 'query', choices: 'o', answer: 'label' },
    );
    assert.deepEqual(
      source.problems.map(({ message, span }) => `${text.slice(span.start, span.end)}: ${message}`),
      [
        '"oak": "o" is a string; it must be a list of strings.',
        '"oak or iron": "label" is a string; it must be the number, the letter or the text of one choice.',
      ],
    );
    assert.equal(source.record.question, '5');
    const [absent] = only({ choices: ['a'] }, { question: 'query' }).source.problems;
    assert.equal(absent?.message, 'The record has no "query".');
  });

  it('takes a choice out of a list and leaves fields of their own alone', () => {
    const list = only(
      { q: 'q', o: ['oak', 'oak', 'tin'], a: 'C' },
      { question: 'q', choices: 'o', answer: 'a' },
    );
    assert.equal(edited(list.text, removeChoice(list.source, 1, 0)), '{"q":"q","o":["oak","tin"],"a":"B"}');
    assert.equal(removeChoice(only(COLUMNS, COLUMNS_FIELDS).source, 1, 0), null);
  });

  it('makes one line of foreign names a record of JSONL', () => {
    const text = '{"query": "q", "options": ["a", "b"]}';
    assert.equal(DatasetDocument.create(text).layout, 'json-object');
    const map = mapOf({ question: 'query', choices: 'options' });
    assert.equal(DatasetDocument.create(text, { map, captions: null }).layout, 'jsonl');
  });

  it('that cannot be used says why', () => {
    const { maps, problems } = readFieldMaps({
      'a.jsonl': { questoin: 'q' },
      'b.jsonl': { question: 'a..b', choices: ['a', ''], indexBase: 2 },
      'c.jsonl': ['question'],
      'd.jsonl': { question: 'q' },
    });
    assert.deepEqual(Object.keys(maps), ['d.jsonl']);
    assert.deepEqual(problems, [
      '"rationale.fields", "a.jsonl": A record has no field "questoin": did you mean "question"?',
      '"rationale.fields", "b.jsonl": "question" must be the path of a field, such as "query" or "rationales[0]".',
      '"rationale.fields", "b.jsonl": "choices" must be the path of a field, such as "query" or "rationales[0]", or a list of them.',
      '"rationale.fields", "b.jsonl": "indexBase" must be 0 or 1.',
      '"rationale.fields", "c.jsonl": A field map must be an object of names and paths.',
    ]);
  });
});

describe('captions', () => {
  it('beside a dataset stand in for those that records do not have', () => {
    const captions = new Map([
      ['1', 'A map.'],
      ['2', 'A dog.'],
    ]);
    const text =
      '{"1": {"question": "q"}, "2": {"question": "q", "caption": "A cat."}, "3": {"question": "q"}}';
    const { chunks } = DatasetDocument.create(text, { map: null, captions });
    assert.deepEqual(
      chunks.flatMap(({ source }) => source?.record.caption ?? []),
      ['A map.', 'A cat.', ''],
    );
  });
});
