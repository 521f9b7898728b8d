import type { CacheLayout } from './cache-layout.ts';
import type { Row } from './decode.ts';
import type { Decoder } from './decoder.ts';

/** Rows that run together at most: more make a row no cheaper on a CPU. */
const MAX_ROWS = 48;
/** Prompt tokens that run together at most: bounds what one step needs besides the cache. */
const MAX_PROMPT_TOKENS = 8192;
/** Bytes of the cache of one batch at its longest. */
const MAX_CACHE_BYTES = 1024 ** 3;
/** A prompt is padded to at most so many times its length. */
const MAX_STRETCH = 2;

/**
 * Groups rows into batches that fit the memory, of like length where padding is allowed, else of equal length.
 * @param nearLength rows are shorter than this or are not, all of a batch
 */
export function batches(
  rows: readonly Row[],
  { layout, mayPad }: Pick<Decoder, 'layout' | 'mayPad'>,
  nearLength: number,
): Row[][] {
  const isNear = ({ ids }: Row) => ids.length < nearLength;
  const longestFirst = rows.toSorted((a, b) => b.ids.length - a.ids.length);
  const found: Row[][] = [];
  for (const row of longestFirst) {
    const batch = found.at(-1);
    const [longest] = batch ?? [];
    const isAlike = longest && isNear(longest) === isNear(row) && goesWith(longest, row, mayPad);
    if (batch && isAlike && fits([...batch, row], layout)) batch.push(row);
    else found.push([row]);
  }
  return found;
}

function goesWith({ ids: { length } }: Row, { ids }: Row, mayPad: boolean): boolean {
  return ids.length === length || (mayPad && ids.length * MAX_STRETCH >= length);
}

function fits(batch: readonly Row[], { layers, heads, width, type }: CacheLayout): boolean {
  const prompt = batch[0]?.ids.length ?? 0;
  const longest = prompt + Math.max(...batch.map(({ limit }) => limit));
  const rowBytes = 2 * layers * heads * width * longest * (type === 'float16' ? 2 : 4);
  return (
    batch.length <= MAX_ROWS &&
    batch.length * prompt <= MAX_PROMPT_TOKENS &&
    batch.length * rowBytes <= MAX_CACHE_BYTES
  );
}
