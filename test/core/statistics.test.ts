import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { pairedBootstrap } from '../../server/src/core/metrics/bootstrap.ts';
import { calibration } from '../../server/src/core/metrics/calibration.ts';
import { cohensKappa } from '../../server/src/core/metrics/kappa.ts';
import { exactMcNemar } from '../../server/src/core/metrics/mcnemar.ts';
import { passAtK } from '../../server/src/core/metrics/pass-at-k.ts';
import { share } from '../../server/src/core/metrics/share.ts';
import { randomIntegers } from '../../server/src/core/random.ts';

/** Written by trainer/rationale_trainer/statistic_goldens.py from scipy, statsmodels and numpy. */
const golden = JSON.parse(
  readFileSync(new URL('../cases/statistics-golden.json', import.meta.url), 'utf8'),
) as {
  wilson: { count: number; n: number; interval: [number, number] }[];
  exact_mcnemar: { onlyA: number; onlyB: number; p: number }[];
  random_integers: { seed: number; integers: number[] }[];
  paired_bootstrap: {
    seed: number;
    samples: number;
    first: number[];
    second: number[];
    difference: number;
    interval: [number, number];
    p: number;
    scipy?: { interval: [number, number]; error: number };
  }[];
  kappa: { pairs: [number, number][]; value: number; interval: [number, number] }[];
  pass_at_k: { n: number; correct: number; k: number; value: number }[];
  expected_calibration_error: { confidence: number[]; correct: boolean[]; error: number }[];
};

function near(actual: number | undefined, expected: number | undefined, tolerance = 1e-9): void {
  assert.ok(
    actual !== undefined && expected !== undefined && Math.abs(actual - expected) <= tolerance,
    `${actual} is not ${expected}`,
  );
}

describe('The Wilson interval', () => {
  it('is that of statsmodels', () => {
    for (const { count, n, interval } of golden.wilson) {
      near(share(count, n).interval[0], interval[0]);
      near(share(count, n).interval[1], interval[1]);
    }
  });
});

describe("McNemar's exact test", () => {
  it('gives the p of statsmodels and scipy, also for thousands of records', () => {
    for (const { onlyA, onlyB, p } of golden.exact_mcnemar) {
      near(exactMcNemar(onlyA, onlyB).p, p, 1e-9 * Math.max(p, 1e-3));
    }
  });

  it('gives what a person counts on paper: 1 of 6 coins is 2 · 7/64', () => {
    near(exactMcNemar(1, 5).p, 14 / 64, 1e-15);
    assert.deepEqual(exactMcNemar(0, 0), { n: 0, p: 1 });
  });

  it('says the same from either side, and never leaves 0 to 1', () => {
    fc.assert(
      fc.property(fc.nat(30_000), fc.nat(30_000), (a, b) => {
        const { p } = exactMcNemar(a, b);
        assert.equal(p, exactMcNemar(b, a).p);
        assert.ok(p >= 0 && p <= 1);
      }),
    );
  });
});

describe('The random integers', () => {
  it("are those of numpy's RandomState, past the second refill", () => {
    for (const { seed, integers } of golden.random_integers) {
      const random = randomIntegers(seed);
      const drawn = Array.from({ length: 1300 }, random).filter((_, index) => index % 100 === 0);
      assert.deepEqual(drawn, integers);
    }
  });
});

describe('The paired bootstrap', () => {
  it('gives difference, interval and p of the same draws in numpy', () => {
    for (const { seed, samples, first, second, ...expected } of golden.paired_bootstrap) {
      const result = pairedBootstrap(first, second, { seed, samples });
      near(result?.difference, expected.difference);
      near(result?.interval[0], expected.interval[0]);
      near(result?.interval[1], expected.interval[1]);
      near(result?.p, expected.p);
      assert.equal(result?.n, first.length);
    }
  });

  it('comes close to the interval of scipy, whose draws are others', () => {
    const compared = golden.paired_bootstrap.filter((line) => line.scipy);
    assert.ok(compared.length >= 2);
    for (const { first, second, scipy } of compared) {
      const result = pairedBootstrap(first, second);
      const tolerance = (scipy?.error ?? 0) / 10;
      near(result?.interval[0], scipy?.interval[0], tolerance);
      near(result?.interval[1], scipy?.interval[1], tolerance);
    }
  });

  it('says nothing of fewer than two records, and finds no difference where there is none', () => {
    assert.equal(pairedBootstrap([], []), null);
    assert.equal(pairedBootstrap([1], [0]), null);
    const same = pairedBootstrap([0, 1, 1, 0], [0, 1, 1, 0]);
    assert.deepEqual([same?.difference, same?.interval, same?.p], [0, [0, 0], 1]);
  });
});

describe("Cohen's kappa", () => {
  it('is that of statsmodels, with its interval', () => {
    for (const { pairs, value, interval } of golden.kappa) {
      const result = cohensKappa(pairs);
      near(result.value ?? undefined, value);
      near(result.interval?.[0], interval[0]);
      near(result.interval?.[1], Math.min(1, interval[1]));
    }
  });

  it("is that of Cohen's arithmetic: 20 + 15 of 50 agree, chance agrees on half", () => {
    const times = (n: number, a: number, b: number) => Array.from({ length: n }, () => [a, b] as const);
    const result = cohensKappa([
      ...times(20, 0, 0),
      ...times(5, 0, 1),
      ...times(10, 1, 0),
      ...times(15, 1, 1),
    ]);
    near(result.agreement, 0.7);
    near(result.value ?? undefined, 0.4);
  });

  it('is not known where chance alone would always agree, or there is nothing', () => {
    assert.deepEqual(cohensKappa([]), { n: 0, agreement: 0, value: null, interval: null });
    assert.deepEqual(cohensKappa([[2, 2]]), { n: 1, agreement: 1, value: null, interval: null });
  });
});

describe('pass@k', () => {
  it('is 1 − C(n − c, k) / C(n, k)', () => {
    for (const { n, correct, k, value } of golden.pass_at_k) near(passAtK(n, correct, k), value);
  });

  it('with k = 1 is the share that is right', () => {
    near(passAtK(8, 3, 1), 3 / 8, 1e-15);
  });
});

describe('The expected calibration error', () => {
  it('is that of numpy over 15 bins closed above', () => {
    for (const { confidence, correct, error } of golden.expected_calibration_error) {
      const result = calibration(
        confidence.map((value, index) => ({ confidence: value, correct: correct[index] as boolean })),
      );
      near(result?.error, error);
      assert.equal(result?.n, confidence.length);
    }
  });

  it('of a model that is sure and half the time wrong is one half', () => {
    const result = calibration([
      { confidence: 1, correct: true },
      { confidence: 1, correct: false },
    ]);
    assert.deepEqual(result, { n: 2, error: 0.5, confidence: 1, accuracy: 0.5, bins: 15 });
    assert.equal(calibration([]), null);
  });
});
