import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinOutputs } from '../../server/src/core/models/output-join.ts';
import { formatOf, readOutputsFile } from '../../server/src/core/models/outputs-file.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';

const record = (id: string) => ({ id }) as DatasetRecord;
const jsonl = (...lines: object[]) => lines.map((line) => JSON.stringify(line)).join('\n');

describe('an outputs file', () => {
  it('is read as JSONL, as an array, and as an object by id', () => {
    const expected = ['A', 'B'];
    for (const text of [
      '{"id":"1","output":"A"}\n{"id":"2","output":"B"}\n',
      '[{"id":"1","output":"A"},{"id":"2","output":"B"}]',
      '{"1":"A","2":"B"}',
    ]) {
      const { outputs } = readOutputsFile(text, 'o.jsonl');
      assert.deepEqual(
        outputs.map(({ output }) => output),
        expected,
      );
      assert.deepEqual(
        outputs.map(({ fields }) => fields.id),
        ['1', '2'],
      );
    }
  });

  it('counts a null output as an empty one and keeps an object as its JSON', () => {
    const { outputs } = readOutputsFile(
      '{"id":1,"output":null}\n{"id":2,"output":{"answer":"B"}}',
      'o.jsonl',
    );
    assert.deepEqual(
      outputs.map(({ output }) => output),
      ['', '{"answer":"B"}'],
    );
  });

  it('names the lines that cannot be read and keeps the rest', () => {
    const { outputs, problems } = readOutputsFile(
      '{"id":1,"output":"A"}\n{"id":2,"out\n7\n{"id":4,"answer":"B"}',
      'o.jsonl',
    );
    assert.equal(outputs.length, 1);
    assert.deepEqual(problems, [
      'o.jsonl:2: this line is not JSON.',
      'o.jsonl:3: an object was expected.',
      'o.jsonl:4: there is no field "output".',
    ]);
  });

  it('says how to name the field when it finds none', () => {
    assert.throws(
      () => readOutputsFile('{"id":1,"reply":"A"}', 'o.jsonl'),
      /o\.jsonl has no field that holds the raw output.*--output-field/,
    );
    assert.equal(readOutputsFile('{"id":1,"reply":"A"}', 'o.jsonl', 'reply').outputs[0]?.output, 'A');
  });

  it('fails with a sentence, if at all, on any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          readOutputsFile(text, 'o.jsonl');
        } catch (error) {
          assert.match((error as Error).message, /^o\.jsonl (has no field|holds no outputs)/);
        }
      }),
    );
  });
});

describe('outputs find their records', () => {
  const records = ['10', '11', '12'].map(record);
  const join = (text: string) => joinOutputs(readOutputsFile(text, 'o').outputs, records);

  it('by id where the ids are known', () => {
    assert.deepEqual(join(jsonl({ id: '12', output: 'A' }, { id: '99', output: 'A' })), {
      by: 'id',
      records: [2, null],
      matched: 1,
    });
  });

  it('by row where the pids belong to another numbering', () => {
    const joined = join(
      jsonl(
        { pid: '10', index: '0', output: 'A' },
        { pid: '27', index: '1', output: 'A' },
        { pid: '28', index: '2', output: 'A' },
      ),
    );
    assert.deepEqual(joined, { by: 'index', records: [0, 1, 2], matched: 3 });
  });

  it('by line when nothing else tells and the counts are equal', () => {
    assert.equal(join(jsonl({ output: 'A' }, { output: 'B' }, { output: 'C' })).by, 'line');
    assert.equal(join(jsonl({ output: 'A' })).matched, 0);
  });
});

describe('the format of foreign outputs', () => {
  const format = (output: string) => formatOf(readOutputsFile(jsonl({ output }), 'o').outputs);

  it('is told from the outputs themselves', () => {
    assert.equal(format('<SUMMARY>x</SUMMARY>'), 'stages');
    assert.equal(format('```json\n{"answer": 1}\n```'), 'json');
    assert.equal(format('B'), 'letter');
  });
});
