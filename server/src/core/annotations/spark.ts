const BLOCKS = '▁▂▃▄▅▆▇█';

/** Values from 0 to 1 as a line of bars. */
export function spark(values: readonly number[]): string {
  return values
    .map((value) => BLOCKS[Math.min(BLOCKS.length - 1, Math.max(0, Math.floor(value * BLOCKS.length)))])
    .join('');
}
