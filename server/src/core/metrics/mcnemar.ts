/** What the exact McNemar test says of two runs on the same records. */
export interface McNemar {
  /** Records on which exactly one of the two is right: all that the test looks at. */
  readonly n: number;
  /** Two-sided, 0 to 1; 1 when the two never differ. */
  readonly p: number;
}

/**
 * The exact, two-sided McNemar test (McNemar, 1947, Psychometrika 12; exact form: Fleiss, Levin and Paik, 2003,
 * "Statistical Methods for Rates and Proportions", section 13.1): were the two equally good, each of the
 * records on which exactly one is right would be either's with probability one half.
 * @param onlyA How many records only the first run has right.
 * @param onlyB How many only the second has right.
 */
export function exactMcNemar(onlyA: number, onlyB: number): McNemar {
  const n = onlyA + onlyB;
  return { n, p: Math.min(1, 2 * lowerTail(Math.min(onlyA, onlyB), n)) };
}

/** P(X ≤ k) of a binomial with n draws of one half, summed from its largest term down. */
function lowerTail(k: number, n: number): number {
  // In logarithms, since 2⁻ⁿ is 0 in floating point from about n = 1,075 on.
  let log = -n * Math.LN2;
  for (let i = 1; i <= k; i++) log += Math.log((n - k + i) / i);
  let term = 1;
  let sum = 1;
  for (let i = k; i > 0 && term > sum * Number.EPSILON; i--) {
    term *= i / (n - i + 1);
    sum += term;
  }
  return Math.exp(log + Math.log(sum));
}
