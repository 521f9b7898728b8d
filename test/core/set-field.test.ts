import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import { setField } from '../../server/src/core/records/set-field.ts';
import type { RecordSource } from '../../server/src/core/records/types.ts';

/** The text of a dataset with a field of its `n`-th record set. */
function withField(text: string, value: unknown, n = 0): string {
  const document = DatasetDocument.create(text);
  const indexes = [...document.chunks.keys()].filter((index) => document.chunks[index]?.source);
  const index = indexes[n] as number;
  const chunk = document.chunks[index] as { text: string; source: RecordSource };
  const { span, newText } = setField(chunk.text, chunk.source, 'rationale', value);
  const start = document.startOf(index);
  return text.slice(0, start + span.start) + newText + text.slice(start + span.end);
}

const record = { question: 'Which?', choices: ['a{', '}b'], answer: 1, image: null };
const VALUE = { text: 'Because\nof "that".', checks: ['x', 'y'], passed: 3 };

describe('a field written into a record', () => {
  it('stands behind the others, in the indentation of the file, and nothing else changes', () => {
    for (const indent of [2, 4, '\t', 3]) {
      const before = { 'a "{" key': record, two: record };
      const after = { ...before, two: { ...record, rationale: VALUE } };
      const text = JSON.stringify(before, null, indent);
      assert.equal(withField(text, VALUE, 1), JSON.stringify(after, null, indent));
      const windows = (json: string) => json.replaceAll('\n', '\r\n');
      assert.equal(withField(windows(text), VALUE, 1), windows(JSON.stringify(after, null, indent)));
      assert.equal(
        withField(JSON.stringify([record, record], null, indent), VALUE),
        JSON.stringify([{ ...record, rationale: VALUE }, record], null, indent),
      );
    }
  });

  it('replaces what stood there, wherever it stood', () => {
    const text = JSON.stringify({ one: { rationale: { text: 'old', sub: [1] }, ...record } }, null, 4);
    const expected = JSON.stringify({ one: { rationale: VALUE, ...record } }, null, 4);
    assert.equal(withField(text, VALUE), expected);
    assert.equal(withField(expected, VALUE), expected);
  });

  it('stays on its line where the record is on one, with the blanks the line has', () => {
    const plain = JSON.stringify(record);
    assert.equal(
      withField(`${plain}\n${plain}\n`, VALUE),
      `${JSON.stringify({ ...record, rationale: VALUE })}\n${plain}\n`,
    );
    const python = '{"question": "Which?", "choices": ["a", "b"], "answer": 1}';
    assert.equal(
      withField(`${python}\n`, { passed: 3, of: [1, 2] }),
      '{"question": "Which?", "choices": ["a", "b"], "answer": 1, "rationale": {"passed": 3, "of": [1, 2]}}\n',
    );
  });

  it('is read back as it was meant, whatever the record and the layout hold', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const key = fc
      .string({ minLength: 1 })
      .filter((name) => name !== 'rationale' && name !== '__proto__' && !/^\d+$/.test(name));
    const layout = fc.constantFrom<(records: object[]) => string>(
      (records) => JSON.stringify(Object.fromEntries(records.map((one, i) => [`id ${i}`, one])), null, 2),
      (records) => JSON.stringify(records, null, '\t'),
      (records) => JSON.stringify(records),
      (records) => records.map((one) => JSON.stringify(one)).join('\n'),
    );
    fc.assert(
      fc.property(
        fc.dictionary(key, json, { noNullPrototype: true }),
        json,
        layout,
        (fields, value, write) => {
          const before = [{ ...record, ...fields }, record];
          const text = write(before);
          const found = withField(text, value);
          const expected = write([{ ...before[0], rationale: value }, record]);
          assert.equal(found.replace(/\s/g, ''), expected.replace(/\s/g, ''));
        },
      ),
      { numRuns: 200 },
    );
  });
});
