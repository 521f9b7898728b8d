import assert from 'node:assert/strict';
import type { Judgement, Verdict } from '../../server/src/core/judgements/types.ts';
import { compare } from '../../server/src/core/metrics/compare.ts';
import { type JudgedRecord, report } from '../../server/src/core/metrics/report.ts';
import { passAt } from '../../server/src/core/metrics/samples.ts';
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
  const labels = { topic, subject: '', category: 'Pictures', skill: 'looking', grade: 'grade2' };
  const hint = words.includes('hint') ? 'Look at the picture.' : ' ';
  return { record: { ...record, ...labels, hint, id: line } as unknown as DatasetRecord, judgement };
}

describe('A report', () => {
  const numbers = report(
    [
      'physics image hint gold:0 says:0 asserts:0',
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
    assert.deepEqual(numbers.reasoningToError, share(1, 4));
  });

  it('slices by what the dataset says, without the records that say nothing', () => {
    assert.deepEqual(
      numbers.slices.map(
        ({ dimension, value, accuracy }) => `${dimension} ${value} ${accuracy.count}/${accuracy.n}`,
      ),
      [
        ...['topic biology 0/2', 'topic physics 2/3', 'category Pictures 2/5', 'skill looking 2/5'],
        ...[
          'grade grade2 2/5',
          'hasImage no 1/2',
          'hasImage yes 1/3',
          'hasContext no 1/4',
          'hasContext yes 1/1',
        ],
      ],
    );
  });

  it('names the reader', () => {
    assert.equal(numbers.reader, 'test 1');
  });

  it('of nothing is a report of nothing', () => {
    assert.deepEqual(report([]).accuracy, share(0, 0));
  });
});

describe('A comparison', () => {
  /** A run from lines such as `7 gold:0 says:1`, where the word before the first space is the record's id. */
  const run = (...lines: string[]) =>
    lines.map((line) => {
      const judged = item(line);
      return { ...judged, record: { ...judged.record, id: line.split(' ')[0] as string, question: '?' } };
    });
  const a = run(
    '1 gold:0 says:0',
    '2 gold:0 says:0',
    '3 gold:0 says:1',
    '4 gold:0',
    '5 says:2',
    '6 gold:1 says:1',
  );
  const b = run(
    '1 gold:0 says:0',
    '2 gold:0 says:2',
    '3 gold:0 says:2',
    '4 gold:0 says:0',
    '5 says:2',
    '7 gold:1',
  );
  const result = compare(a, b);

  it('looks at the records that both answered', () => {
    assert.deepEqual([result.shared, result.onlyInA, result.onlyInB], [5, 1, 1]);
    assert.deepEqual(result.rightness, { n: 4, both: 1, onlyA: 1, onlyB: 1, neither: 1 });
    assert.deepEqual([result.accuracyA, result.accuracyB], [share(2, 4), share(2, 4)]);
    assert.deepEqual(result.mcnemar, { n: 2, p: 1 });
    assert.equal(result.difference?.difference, 0);
  });

  it('measures the agreement of the readings where both say something', () => {
    assert.equal(result.kappa.n, 4);
    assert.equal(result.kappa.agreement, 0.5);
  });

  it('lists the records that the two are read differently on, wrong ones too, in the order of the first', () => {
    assert.deepEqual(
      result.differing.map(([{ record }]) => record.id),
      ['2', '3', '4'],
    );
  });

  it('does not take a record that was changed for the same', () => {
    const changed = a.map((judged) => ({ ...judged, record: { ...judged.record, answer: 2 } }));
    assert.deepEqual([compare(a, changed).shared, compare(a, changed).onlyInA], [0, 6]);
    assert.equal(compare(a, changed).difference, null);
  });

  it('says which of the two is better: the second minus the first', () => {
    const [worse, better] = [run('1 gold:0 says:1', '2 gold:0'), run('1 gold:0 says:0', '2 gold:0 says:0')];
    assert.equal(compare(worse, better).difference?.difference, 1);
    assert.deepEqual(compare(worse, better).mcnemar, { n: 2, p: 0.5 });
  });
});

describe('Several outputs a record', () => {
  const outputs = (id: string, ...says: number[]) =>
    says.map((choice) => {
      const judged = item(`physics gold:0 says:${choice}`);
      return { ...judged, record: { ...judged.record, id } };
    });

  it('give the mean of pass@k over records, up to the fewest that a record has', () => {
    const result = passAt([...outputs('1', 0, 1, 1, 1), ...outputs('2', 1, 1, 1, 1, 1)]);
    assert.deepEqual([result?.records, result?.outputs], [2, 4]);
    assert.deepEqual(
      result?.values.map(({ k, value }) => `${k} ${value.toFixed(6)}`),
      // Of the first record: 1/4, 1 − C(3,2)/C(4,2) = 1/2, and 1 − 0; of the second: 0.
      ['1 0.125000', '2 0.250000', '4 0.500000'],
    );
  });

  it('are none when some record has only one', () => {
    assert.equal(passAt([...outputs('1', 0, 0), ...outputs('2', 0)]), null);
    assert.equal(passAt([]), null);
  });
});
