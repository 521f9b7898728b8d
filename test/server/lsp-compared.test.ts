import assert from 'node:assert/strict';
import { Pipeline } from '../../server/src/core/pipeline.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import { FindingIndex } from '../../server/src/lsp/finding-index.ts';

const metal = (id: number) =>
  `{"id": ${id}, "question": "Which of these is a metal?", "choices": ["oak", "iron"], "answer": 1}\n`;
const floats = (id: number) =>
  `{"id": ${id}, "question": "Which of these floats?", "choices": ["oak", "iron"], "answer": 0}\n`;

/** An index of these lines, and the ids of the records that it says are near duplicates. */
function open(text: string) {
  const document = DatasetDocument.create(text);
  const image = () => ({ state: 'none' }) as const;
  const pipeline = new Pipeline(document, { path: '/d.jsonl', image, splits: null, rules: {} }, null);
  const index = new FindingIndex(pipeline, 'file:///rules/');
  const duplicates = () =>
    document.chunks
      .flatMap((_, i) => index.known(i))
      .flatMap(({ rule, recordId }) => (rule === 'near-duplicate' ? recordId : []));
  return { document, index, duplicates };
}

describe('Records compared with each other in an open dataset', () => {
  it('come after all other findings', () => {
    const { index, duplicates, document } = open(metal(7) + metal(8) + floats(9));
    const past = 0;
    assert.equal(index.work(past, document.chunks.length), false);
    assert.notEqual(index.known(0).length, 0, 'what the other rules say');
    assert.deepEqual(duplicates(), []);
    assert.equal(index.work(Number.POSITIVE_INFINITY), true);
    assert.deepEqual(duplicates(), ['8']);
    assert.ok(index.complete);
  });

  it('are named with the line on which they stand, also when lines are typed above them', () => {
    const { index, document } = open(`${floats(6)}${metal(7)}${metal(8)}`);
    index.work(Number.POSITIVE_INFINITY);
    const said = () =>
      index
        .report()
        .diagnostics.filter(({ code }) => code === 'near-duplicate')
        .map(({ message, range }) => `${range.start.line + 1}: ${String(message)}`);
    assert.deepEqual(said(), [
      '3: The record reads like the earlier record "7" (line 2): they ask the same.',
    ]);
    const start = { line: 1, character: 0 };
    document.edit({ range: { start, end: start }, text: `\n${floats(5)}` });
    index.work(Number.POSITIVE_INFINITY);
    assert.ok(
      said().includes('5: The record reads like the earlier record "7" (line 4): they ask the same.'),
    );
  });

  it('follow an edit: the edited record at once, the others it was or is like by and by', () => {
    const { index, duplicates, document } = open(metal(7) + metal(8) + floats(9));
    index.work(Number.POSITIVE_INFINITY);
    const state = index.state;
    const range = { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } };
    document.edit({ range, text: floats(8) });
    assert.notEqual(index.state, state);
    assert.deepEqual(duplicates(), [], 'record 8 is not what it was');
    assert.equal(index.complete, false);
    index.work(Number.POSITIVE_INFINITY);
    assert.deepEqual(duplicates(), ['9']);
    document.edit({ range, text: metal(8) });
    index.sync();
    assert.deepEqual(duplicates(), ['8', '9']);
    index.work(Number.POSITIVE_INFINITY);
    assert.deepEqual(duplicates(), ['8']);
  });
});
