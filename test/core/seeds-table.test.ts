import assert from 'node:assert/strict';
import { type Compared, orderSentence, seedsTable } from '../../scripts/seeds/table.ts';
import { share } from '../../server/src/core/metrics/share.ts';

const compared = (right: number, other: number, p: number): Compared => ({
  comparable: true,
  reasons: [],
  shared: { accuracyA: share(right, 240), accuracyB: share(other, 240), mcnemar: { n: 90, p } },
});
const results = [
  { seed: '1', distilled: compared(90, 140, 4.4e-7), teacher: compared(140, 214, 0.00002) },
  { seed: '2', distilled: compared(96, 118, 0.0312), teacher: compared(118, 214, 1e-9) },
];

describe('The table of seeds', () => {
  it('has a row a seed and one of all, in which the teacher counts once', () => {
    assert.equal(
      seedsTable(results),
      [
        '| seed | base | distilled | teacher | distilled > base | teacher > distilled |',
        '| --- | ---: | ---: | ---: | ---: | ---: |',
        '| 1 | 37.5 % (31.6–43.8) of 240 | 58.3 % (52.0–64.4) of 240 | 89.2 % (84.6–92.5) of 240 | yes, p = 4e-7 | yes, p = 2e-5 |',
        '| 2 | 40.0 % (34.0–46.3) of 240 | 49.2 % (42.9–55.5) of 240 | 89.2 % (84.6–92.5) of 240 | yes, p = 0.031 | yes, p = 1e-9 |',
        '| all | 38.8 % (34.5–43.2) of 480 | 53.8 % (49.3–58.2) of 480 | 89.2 % (84.6–92.5) of 240 |  |  |',
      ].join('\n'),
    );
  });

  it('says for which seeds the order holds', () => {
    assert.equal(orderSentence(results), 'base < distilled < teacher in 2 of 2 seeds.');
    const other = { seed: '3', distilled: compared(100, 100, 1), teacher: compared(100, 214, 0) };
    assert.equal(orderSentence([...results, other]), 'base < distilled < teacher does not hold for seed 3.');
  });
});
