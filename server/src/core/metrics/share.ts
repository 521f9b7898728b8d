import type { Share } from './types.ts';

/** The 97.5 % point of the normal distribution: what 95 % intervals are made with. */
export const Z = 1.959963984540054;

/**
 * `count` of `n` with its 95 % score interval (Wilson, 1927, "Probable inference, the law of succession, and
 * statistical inference", JASA 22). Of nothing at all the share is 0 and the interval [0, 1].
 */
export function share(count: number, n: number): Share {
  if (n === 0) return { count, n, value: 0, interval: [0, 1] };
  const p = count / n;
  const zz = (Z * Z) / n;
  const centre = p + zz / 2;
  const half = Z * Math.sqrt((p * (1 - p)) / n + zz / (4 * n));
  // At 0 and n the bound is exact; rounding must not move it.
  const low = count === 0 ? 0 : (centre - half) / (1 + zz);
  const high = count === n ? 1 : (centre + half) / (1 + zz);
  return { count, n, value: p, interval: [low, high] };
}
