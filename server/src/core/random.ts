const SIZE = 624;
const MIDDLE = 397;

/**
 * A stream of evenly spread 32-bit integers, the same for the same seed on every machine. MT19937 (Matsumoto and
 * Nishimura, 1998, "Mersenne Twister", ACM TOMACS 8, with the 2002 seeding): the numbers are those of numpy's
 * `RandomState(seed)`, so that a resampling can be held against numpy draw by draw.
 * @param seed A whole number from 0 to 2³² − 1.
 */
export function randomIntegers(seed: number): () => number {
  const state = new Uint32Array(SIZE);
  state[0] = seed;
  for (let i = 1; i < SIZE; i++) {
    const before = state[i - 1] as number;
    state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
  }
  let next = SIZE;
  return () => {
    if (next === SIZE) {
      twist(state);
      next = 0;
    }
    let word = state[next++] as number;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    const word = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % SIZE] as number) & 0x7fffffff);
    state[i] = (state[(i + MIDDLE) % SIZE] as number) ^ (word >>> 1) ^ (word & 1 ? 0x9908b0df : 0);
  }
}

/** Evenly spread numbers from 0 up to but not 1, in steps of 2⁻⁵³, as numpy's `random_sample` makes them of the same seed. */
export function randomNumbers(seed: number): () => number {
  const next = randomIntegers(seed);
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}
