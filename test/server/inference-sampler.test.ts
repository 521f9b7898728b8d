import assert from 'node:assert/strict';
import fc from 'fast-check';
import { randomNumbers } from '../../server/src/core/random.ts';
import { chooser, drawOf } from '../../server/src/inference/onnx/host/sampler.ts';

/** What softmax and nucleus say in so many words: the probability of each token. */
function expected(logits: readonly number[], temperature: number, topP: number): number[] {
  const powers = logits.map((logit) => Math.exp(logit / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const order = powers.map((_, token) => token).sort((a, b) => powers[b]! - powers[a]! || a - b);
  const kept: number[] = [];
  let mass = 0;
  for (const token of order) {
    if (kept.length > 0 && mass >= topP * total) break;
    kept.push(token);
    mass += powers[token]!;
  }
  return powers.map((power, token) => (kept.includes(token) ? power / mass : 0));
}

const DRAWS = 4000;

describe('drawing tokens', () => {
  it("takes numpy's random numbers", () => {
    // numpy.random.RandomState(42).random_sample(3)
    const next = randomNumbers(42);
    assert.deepEqual([next(), next(), next()], [0.3745401188473625, 0.9507143064099162, 0.7319939418114051]);
  });

  it('draws each token as often as temperature and nucleus say, from any place in the logits', () => {
    const logits = [1.5, -0.5, 2, 0.25, -3, 1.9];
    const padded = Float32Array.from([9, 9, ...logits, 9]);
    for (const [temperature, topP] of [
      [1, 1],
      [0.5, 1],
      [1.3, 0.8],
      [0.7, 0.5],
    ] as const) {
      const choose = chooser({ temperature, topP, seed: 11 });
      const counts = logits.map(() => 0);
      for (let i = 0; i < DRAWS; i++) counts[choose(padded, 2, logits.length)]!++;
      expected(logits, temperature, topP).forEach((probability, token) => {
        const spread = Math.sqrt(DRAWS * probability * (1 - probability));
        const miss = Math.abs(counts[token]! - DRAWS * probability);
        assert.ok(miss <= 4.5 * spread, `${temperature}, ${topP}, token ${token}: ${counts[token]} draws`);
      });
    }
  });

  it('never leaves the nucleus, and never fails, whatever the logits', () => {
    const logit = fc.oneof(
      fc.float({ min: -50, max: 50, noNaN: true }),
      fc.constant(Number.NEGATIVE_INFINITY),
    );
    fc.assert(
      fc.property(
        fc.array(logit, { minLength: 1, maxLength: 40 }).filter((all) => all.some(Number.isFinite)),
        fc.double({ min: 0.05, max: 2, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (logits, temperature, topP, seed) => {
          const token = chooser({ temperature, topP, seed })(Float32Array.from(logits), 0, logits.length);
          const floats = [...Float32Array.from(logits)];
          // A little wider: where the border lies between two tokens is a matter of rounding.
          const kept = expected(
            floats.map((one) => one - Math.max(...floats)),
            temperature,
            Math.min(1, topP + 1e-9),
          );
          assert.ok(kept[token]! > 0, `token ${token} of ${floats}`);
        },
      ),
    );
  });

  it('depends on the seed, the sample and the prompt, and on nothing else', () => {
    const decoding = { maxNewTokens: 8, temperature: 0.7, seed: 3 };
    const draw = drawOf(decoding, [1, 2, 3], 0);
    assert.deepEqual(drawOf({ ...decoding, maxNewTokens: 99, samples: 8 }, [1, 2, 3], 0), draw);
    const others = [
      drawOf({ ...decoding, seed: 4 }, [1, 2, 3], 0),
      drawOf(decoding, [1, 2, 3], 1),
      drawOf(decoding, [1, 2], 0),
    ];
    for (const other of others) assert.notEqual(other?.seed, draw?.seed);
    assert.equal(drawOf({ maxNewTokens: 8, temperature: 0 }, [1], 0), null);
  });
});
