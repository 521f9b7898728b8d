import type { Share } from './metrics/types.ts';

/** `84.5 %`, or a dash when it is the share of nothing. */
export function percent({ value, n }: Share): string {
  return n === 0 ? '–' : `${(value * 100).toFixed(1)} %`;
}

/** `84.5 % (81.2–87.4)`. */
export function percentWithInterval(share: Share): string {
  if (share.n === 0) return '–';
  const [low, high] = share.interval.map((bound) => (bound * 100).toFixed(1));
  return `${percent(share)} (${low}–${high})`;
}
