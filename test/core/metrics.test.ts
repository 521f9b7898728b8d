import assert from 'node:assert/strict';
import type { Judgement, Verdict } from '../../server/src/core/judgements/types.ts';
import { type JudgedRecord, report } from '../../server/src/core/metrics/report.ts';
import { share } from '../../server/src/core/metrics/share.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';

const near = (actual: number, expected: number, places: number) =>
  assert.ok(Math.abs(actual - expected) < 10 ** -places, `${actual} is not ${expected}`);

describe('A share', () => {
  it('has the Wilson interval that hand calculation gives', () => {
    // 7 of 10: centre (0.7 + 0.192073) / 1.384146 = 0.644493, half 1.959964 · √0.0306036 / 1.384146 = 0.247714.
    const seven = share(7, 10);
    assert.equal(seven.value, 0.7);
    near(seven.interval[0], 0.39678, 5);
    near(seven.interval[1], 0.89221, 5);
    // Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
    for (const [count, n, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const) {
      const { interval } = share(count, n);
      near(interval[0], low, 4);
      near(interval[1], high, 4);
    }
  });

  it('is certain of nothing when there is nothing', () => {
    assert.deepEqual(share(0, 0), { count: 0, n: 0, value: 0, interval: [0, 1] });
  });

  it('never leaves 0 to 1', () => {
    for (let n = 1; n < 60; n++) {
      for (let count = 0; count <= n; count++) {
        const { interval, value } = share(count, n);
        assert.ok(0 <= interval[0] && interval[0] <= value && value <= interval[1] && interval[1] <= 1);
      }
    }
  });
});

/** A judged record from a line such as `physics image gold:0 says:1 asserts:0`; what is absent is null. */
function item(line: string): JudgedRecord {
  const [topic = '', ...words] = line.split(' ');
  const number = (key: string) => {
    const word = words.find((w) => w.startsWith(`${key}:`));
    return word ? Number(word.slice(key.length + 1)) : null;
  };
  const [gold, says, asserts] = [number('gold'), number('says'), number('asserts')];
  const span = { start: 0, end: 1 };
  const verdict: Verdict =
    says === null ? 'unmapped' : gold === null ? 'ungraded' : says === gold ? 'correct' : 'wrong';
  const judgement: Judgement = {
    recordId: line,
    verdict,
    reading: { choice: says, method: null, span: null, confidence: 1, candidates: [], reader: 'test 1' },
    rationale: { stages: [], byName: {} },
    asserted: asserts === null ? null : { choice: asserts, method: 'label', span },
    contradiction: asserts === null || says === null ? null : asserts !== says,
  };
  const record = { choices: ['a', 'b', 'c'], answer: gold, image: words.includes('image') ? 'i.png' : null };
  return {
    record: { ...record, topic, subject: '', skill: 'looking' } as unknown as DatasetRecord,
    judgement,
  };
}

describe('A report', () => {
  const numbers = report(
    [
      'physics image gold:0 says:0 asserts:0',
      'physics image gold:0 says:1 asserts:0',
      'physics gold:2 says:2 asserts:1',
      'biology gold:1 says:2 asserts:0',
      'biology image gold:1',
      'biology says:1 asserts:1',
    ].map(item),
  );

  it('counts over every record, and accuracy over those with a gold answer', () => {
    assert.deepEqual([numbers.n, numbers.mapped, numbers.correct, numbers.ungraded], [6, 5, 2, 1]);
    assert.deepEqual(numbers.coverage, share(5, 6));
    assert.deepEqual(numbers.accuracy, share(2, 5));
    assert.deepEqual(numbers.accuracyMapped, share(2, 4));
  });

  it('counts contradictions among those where reasoning and conclusion both speak', () => {
    assert.deepEqual(numbers.contradictions, share(3, 5));
    assert.deepEqual(numbers.quadrants, { n: 4, both: 1, reasoningOnly: 1, conclusionOnly: 1, neither: 1 });
  });

  it('slices by what the dataset says, without the records that say nothing', () => {
    assert.deepEqual(
      numbers.slices.map(
        ({ dimension, value, accuracy }) => `${dimension} ${value} ${accuracy.count}/${accuracy.n}`,
      ),
      ['topic biology 0/2', 'topic physics 2/3', 'skill looking 2/5', 'hasImage no 1/2', 'hasImage yes 1/3'],
    );
  });

  it('names the reader', () => {
    assert.equal(numbers.reader, 'test 1');
  });

  it('of nothing is a report of nothing', () => {
    assert.deepEqual(report([]).accuracy, share(0, 0));
  });
});
