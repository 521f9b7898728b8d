import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import { stratifiedSample } from '../../server/src/core/records/sample.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';

const QUESTION = { question: 'Which?', choices: ['oak', 'iron'], answer: 1 };

/** Records named after their topic and their place in it: `physics-0`, `physics-1`, … */
function records(topics: Readonly<Record<string, number>>): DatasetRecord[] {
  const entries = Object.entries(topics).flatMap(([topic, size]) =>
    Array.from({ length: size }, (_, i) => [`${topic}-${i}`, { ...QUESTION, topic }] as const),
  );
  const document = DatasetDocument.create(JSON.stringify(Object.fromEntries(entries)));
  return document.chunks.flatMap(({ source }) => (source ? [source.record] : []));
}

const sample = (all: readonly DatasetRecord[], n: number, seed = 0) =>
  stratifiedSample(all, (record) => record, { n, seed });
const ids = (drawn: readonly DatasetRecord[]) => drawn.map(({ id }) => id);
const byTopic = (drawn: readonly DatasetRecord[]) =>
  Object.fromEntries(
    [...Map.groupBy(drawn, ({ topic }) => topic)].map(([topic, { length }]) => [topic, length]),
  );

describe('A stratified sample', () => {
  it('gives each topic its share of the places', () => {
    assert.deepEqual(byTopic(sample(records({ physics: 60, biology: 30, economics: 10 }), 10)), {
      physics: 6,
      biology: 3,
      economics: 1,
    });
  });

  it('gives the places left over to the largest remainders, and ties to the larger topic', () => {
    // Of 10 places: 4.7, 3.5 and 1.8; the last two remainders are the largest.
    assert.deepEqual(byTopic(sample(records({ physics: 47, biology: 35, economics: 18 }), 10)), {
      physics: 5,
      biology: 3,
      economics: 2,
    });
    assert.deepEqual(byTopic(sample(records({ small: 1, large: 3 }), 2)), { large: 2 });
  });

  it('draws the same records again, others with another seed, and keeps the order of the file', () => {
    const all = records({ physics: 50, biology: 50 });
    assert.deepEqual(ids(sample(all, 20, 7)), ids(sample(all, 20, 7)));
    assert.notDeepEqual(ids(sample(all, 20, 7)), ids(sample(all, 20, 8)));
    assert.deepEqual(
      ids(sample(all, 20, 7)),
      ids(all).filter((id) => ids(sample(all, 20, 7)).includes(id)),
    );
  });

  it('does not depend on the order of the file, and hardly on a record more', () => {
    const all = records({ physics: 50, biology: 50 });
    assert.deepEqual(ids(sample(all.toReversed(), 20)).sort(), ids(sample(all, 20)).sort());
    const more = sample(records({ physics: 51, biology: 50 }), 20);
    assert.ok(ids(more).filter((id) => !ids(sample(all, 20)).includes(id)).length <= 1);
  });

  it('holds n records, all of them when there are fewer, and each topic within one of its share', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 150 }), fc.nat(), (lengths, n, seed) => {
        const all = records(Object.fromEntries(lengths.map((size, i) => [`t${i}`, size])));
        const drawn = sample(all, n, seed);
        assert.equal(drawn.length, Math.min(n, all.length));
        assert.equal(new Set(ids(drawn)).size, drawn.length);
        if (n >= all.length) return;
        lengths.forEach((size, i) => {
          const places = byTopic(drawn)[`t${i}`] ?? 0;
          assert.ok(Math.abs(places - (n * size) / all.length) < 1);
        });
      }),
      { numRuns: 50 },
    );
  });
});
