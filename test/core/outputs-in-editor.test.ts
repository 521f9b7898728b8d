import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dropRecord } from '../../server/src/core/annotations/drop-record.ts';
import { mapFixes, reviewedFix } from '../../server/src/core/annotations/output-edits.ts';
import type { Fix } from '../../server/src/core/annotations/types.ts';
import { assumedBase } from '../../server/src/core/judgements/assumed-base.ts';
import type { IndexBase, Reading } from '../../server/src/core/judgements/types.ts';
import { foreignOutput, shapeOf } from '../../server/src/core/models/output-fields.ts';
import { chooseWay } from '../../server/src/core/models/output-join.ts';
import { type OutputSource, readOutputs } from '../../server/src/core/models/output-source.ts';
import { spanInLiteral } from '../../server/src/core/models/output-spans.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { RecordSource } from '../../server/src/core/records/types.ts';

/** As Python writes it: nothing but ASCII. */
const ascii = (text: string) =>
  JSON.stringify(text).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
const decode = (escaped: string) => JSON.parse(`"${escaped}"`) as string;
const anyText = fc.string({ unit: 'binary' });

describe('characters of an output in the file that holds it', () => {
  it('stand behind the escapes before them, and take up the escapes they are written with', () => {
    const text = '  "a\\n\\"b\\u00e9c\\\\d" ';
    const literal = { start: 2, end: text.length - 1 };
    const at = (start: number, end: number) => {
      const span = spanInLiteral(text, literal, { start, end });
      return text.slice(span.start, span.end);
    };
    assert.equal(JSON.parse(text), 'a\n"béc\\d');
    assert.deepEqual(
      [at(0, 1), at(1, 2), at(2, 3), at(3, 5), at(5, 7), at(0, 8)],
      ['a', '\\n', '\\"', 'b\\u00e9', 'c\\\\', 'a\\n\\"b\\u00e9c\\\\d'],
    );
  });

  for (const [name, encode] of [
    ['as JSON.stringify writes it', JSON.stringify],
    ['in ASCII alone, as Python writes it', ascii],
  ] as const) {
    it(`are found in any string, ${name}`, () => {
      fc.assert(
        fc.property(anyText, fc.nat(), fc.nat(), fc.string(), (text, a, b, before) => {
          const [start = 0, end = 0] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y);
          const json = encode(text);
          const literal = { start: before.length, end: before.length + json.length };
          const span = spanInLiteral(before + json, literal, { start, end });
          assert.equal(decode((before + json).slice(span.start, span.end)), text.slice(start, end));
        }),
      );
    });
  }

  it('are found in a string inside a string: JSON that a model wrote', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), fc.nat(), (text, a, b) => {
        const [start = 0, end = 0] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y);
        const inner = JSON.stringify(text);
        const outer = JSON.stringify(inner);
        const whole = (json: string) => ({ start: 0, end: json.length });
        const span = spanInLiteral(outer, whole(outer), spanInLiteral(inner, whole(inner), { start, end }));
        assert.equal(decode(decode(outer.slice(span.start, span.end))), text.slice(start, end));
      }),
    );
  });

  it('stay inside the literal, whatever is asked of whatever text', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(50), fc.nat(50), fc.nat(80), fc.nat(80), (text, a, length, b, more) => {
        const literal = { start: a, end: a + length + 2 };
        const span = spanInLiteral(text, literal, { start: b, end: b + more });
        assert.ok(literal.start < span.start && span.start <= span.end && span.end < literal.end);
      }),
    );
  });
});

const only = (text: string, field = 'output'): OutputSource => {
  const chunks = DatasetDocument.create(text).chunks;
  const [source] = chunks.flatMap((chunk) => readOutputs(chunk, field, 0).outputs);
  assert.ok(source);
  return source;
};

describe('an output in its chunk', () => {
  const shown = (text: string, field: string, outputSpan?: { start: number; end: number }) => {
    const { chunks } = DatasetDocument.create(text);
    for (const chunk of chunks) {
      for (const output of readOutputs(chunk, field, 0).outputs) {
        const { start, end } = output.place(outputSpan);
        return chunk.text.slice(start, end);
      }
    }
    return null;
  };

  it('shows a finding on its characters, or on the whole output', () => {
    const line = '{"id": "7", "output": "A\\nB"}\n{"id": "8", "output": "C"}\n';
    assert.equal(shown(line, 'output', { start: 1, end: 3 }), '\\nB');
    assert.equal(shown(line, 'output'), '"A\\nB"');
    assert.equal(shown('{"id": "7", "output": ""}', 'output', { start: 0, end: 0 }), '""');
  });

  it('is the one string in the lists of lmms-eval, and the whole value where it is an object', () => {
    assert.equal(shown('{"id": 7, "resps": [["A \\"B\\""]]}', 'resps', { start: 2, end: 5 }), '\\"B\\"');
    const object = '{"id": 7, "output": {"answer": "B"}}';
    assert.equal(shown(object, 'output', { start: 2, end: 5 }), '{"answer": "B"}');
    assert.equal(only(object).output.output, '{"answer":"B"}');
  });

  it('is named by its key in an object by id, bare strings too', () => {
    assert.equal(only('{\n  "r7": {\n    "output": "A"\n  }\n}').output.fields.id, 'r7');
    const { chunks } = DatasetDocument.create('{\n  "r7": "A",\n  "r8": null\n}');
    const outputs = chunks.flatMap((chunk) => readOutputs(chunk, 'output', 0).outputs);
    assert.deepEqual(
      outputs.map(({ output }) => [output.fields.id, output.output]),
      [
        ['r7', 'A'],
        ['r8', ''],
      ],
    );
  });

  it('is read from any text without an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"id":1,"output":${json}}`),
        ),
        (text) => {
          for (const chunk of DatasetDocument.create(text).chunks) {
            for (const source of readOutputs(chunk, 'output', 0).outputs) {
              const { start, end } = source.place({ start: 0, end: 1 });
              assert.ok(start < end && end <= chunk.text.length);
            }
          }
        },
      ),
    );
  });
});

describe('the shape of an outputs file', () => {
  const shape = (...rows: object[]) => shapeOf(rows as Record<string, unknown>[]);

  it('is a raw output and an id or a row in more than half of the lines, and choices in none', () => {
    assert.equal(shape({ index: 0, raw_output: 'A' }, { index: 1, raw_output: 'B' }), 'outputs');
    assert.equal(shape({ doc_id: 0, resps: [['A']] }), 'outputs');
    assert.equal(shape({ raw_output: 'A' }), 'other');
    assert.equal(shape({ id: 1, raw_output: 'A' }, { x: 1 }, { x: 2 }), 'other');
    assert.equal(shape({ id: 1, question: 'Q', choices: ['a', 'b'], prediction: 'A' }), 'other');
    assert.equal(shape({ id: 1, conversations: [], text: 'A' }), 'other');
    assert.equal(shape(), 'other');
  });

  it('is doubtful where other data has the same fields', () => {
    assert.equal(shape({ id: 1, text: 'Once.' }), 'perhaps');
    assert.equal(shape({ id: 1, output: 'A' }), 'perhaps');
  });
});

describe('what a person writes beside an output', () => {
  const record = { record: { choices: ['attract', 'repel'] } } as unknown as RecordSource;
  const apply = (text: string, { edits }: Fix) =>
    edits.reduce(
      (result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end),
      text,
    );

  it('is added to the object or written over, and read again', () => {
    for (const text of [
      '{"id":"7","output":"hm"}',
      '{ "id": 7, "output": "hm", "mapped_answer": 0, "reviewed": false }',
    ]) {
      const source = only(text);
      const [toA, toB] = mapFixes(source, record, null);
      assert.deepEqual([toA?.title, toB?.title], ['Map to A (attract)', 'Map to B (repel)']);
      const mapped = JSON.parse(apply(text, toB!));
      assert.equal(foreignOutput(0, mapped, 'output')?.mapped, 1);
      const read = JSON.parse(apply(text, reviewedFix(source)));
      assert.equal(foreignOutput(0, read, 'output')?.isReviewed, true);
    }
  });

  it('offers no choice that is read already', () => {
    assert.deepEqual(
      mapFixes(only('{"id":"7","output":"B"}'), record, 1).map(({ title }) => title),
      ['Map to A (attract)'],
    );
  });

  it('counts only when it is a choice', () => {
    for (const mapped of [-1, 1.5, '1', null, true]) {
      assert.equal(foreignOutput(0, { output: 'A', mapped_answer: mapped }, 'output')?.mapped, null);
    }
  });
});

describe('the way outputs name their records', () => {
  const table = { count: 3, has: (id: string) => ['a', 'b', 'c'].includes(id) };
  const way = (rows: object[], lines?: number) =>
    chooseWay(
      rows.map((fields, row) => foreignOutput(row, { ...fields, output: 'A' }, 'output')!),
      table,
      lines,
    );

  it('is the one that matches most of a sample', () => {
    assert.deepEqual(way([{ id: 'a' }, { id: 'z' }]), { way: { kind: 'id', by: 'id' }, matched: 1 });
    assert.deepEqual(
      way([
        { pid: 'x', row: 0 },
        { pid: 'a', row: 2 },
      ]),
      { way: { kind: 'row', by: 'row' }, matched: 2 },
    );
    assert.equal(way([{ id: 'x' }]), null);
  });

  it('is line by line only where the whole file has as many lines as there are records', () => {
    assert.deepEqual(way([{}, {}], 3), { way: { kind: 'line', by: 'line' }, matched: 2 });
    assert.equal(way([{}, {}], 4), null);
  });
});

describe('the index base of a file', () => {
  const reading = (value: 0 | 1, source: IndexBase['source'] = 'assumed') =>
    ({ indexBase: { value, source } }) as Reading;
  const unread = { indexBase: null } as Reading;

  it('is what at least five outputs can only mean, and no output denies', () => {
    const five = (value: 0 | 1) => Array.from({ length: 5 }, () => reading(value));
    assert.equal(assumedBase([unread, ...five(0), unread]), 0);
    assert.equal(assumedBase(five(1)), 1);
    assert.equal(assumedBase(five(0).slice(1)), null);
    assert.equal(assumedBase([...five(0), reading(1)]), null);
    assert.equal(assumedBase(five(0).map(() => reading(0, 'prompt'))), null);
  });
});

describe('dropping a record', () => {
  const one = (id: string) => `"question": "${id}?", "choices": ["x", "y"], "answer": 0`;
  const texts = {
    'an object by id': `{\n  "a": {${one('a')}},\n  "b": {${one('b')}},\n  "c": {${one('c')}}\n}\n`,
    'a list': `[\n  {"id": "a", ${one('a')}},\n  {"id": "b", ${one('b')}},\n  {"id": "c", ${one('c')}}\n]\n`,
    'a list on one line': `[{"id":"a",${one('a')}},{"id":"b",${one('b')}},{"id":"c",${one('c')}}]`,
    JSONL: `{"id":"a",${one('a')}}\n{"id":"b",${one('b')}}\n{"id":"c",${one('c')}}\n`,
  };
  for (const [layout, text] of Object.entries(texts)) {
    it(`leaves ${layout} valid, with the other records`, () => {
      for (const id of ['a', 'b', 'c']) {
        const document = DatasetDocument.create(text);
        const edits = dropRecord(document, document.find(id) as number);
        let rest = text;
        for (const { span, newText } of edits.toReversed()) {
          rest = rest.slice(0, span.start) + newText + rest.slice(span.end);
        }
        const left = DatasetDocument.create(rest);
        const sources = [...left.records()].map(({ chunk }) => chunk.source);
        assert.deepEqual(
          sources.map((source) => source?.record.id),
          ['a', 'b', 'c'].filter((other) => other !== id),
        );
        assert.deepEqual(
          left.chunks.flatMap(({ source, problems }) => [...problems, ...(source?.problems ?? [])]),
          [],
          rest,
        );
      }
    });
  }
});
