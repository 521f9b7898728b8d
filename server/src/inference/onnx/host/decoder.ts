/** The decoder graph: one run over a batch, and what kind of batch it can run. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { COUNTED, type Positions } from '../architectures/types.ts';
import type { Cache } from './cache.ts';
import type { CacheLayout, Tensors } from './cache-layout.ts';
import type { FreshOutputs } from './fresh-outputs.ts';
import { CacheMemory, GrowingCache } from './growing-cache.ts';
import type { Memory } from './memory.ts';
import { WholeCache } from './whole-cache.ts';

export interface Decoder {
  readonly session: InferenceSession;
  readonly layout: CacheLayout;
  /** Rows of unequal length may run together, padded on the left, and rows may be taken out. */
  readonly mayPad: boolean;
  /** What rows begin with alike may be read once for all. */
  readonly sharesBeginnings: boolean;
  /**
   * @param length tokens of the longest prompt
   * @param spare empty places behind it, where the cache has any
   */
  newCache(rows: number, length: number, spare?: number): Cache;
}

/** A row of a batch. */
export interface Placed {
  /** How many of its first places hold nothing. */
  readonly padding: number;
  readonly positions: Positions;
}

/** Relative difference of logits that the order of summation explains. */
const ROUNDING = 1e-4;

/** A graph that gives back its whole cache after every token. */
export function wholeDecoder(session: InferenceSession, layout: CacheLayout, hasStandIns = false): Decoder {
  return {
    session,
    layout,
    mayPad: false,
    sharesBeginnings: false,
    newCache: (rows) => new WholeCache(layout, rows, hasStandIns),
  };
}

/**
 * A graph that gives back the new part of its cache alone; null when it does not honour the mask.
 * @param fresh its outputs for the new part
 * @param bothWays a prompt's tokens see each other, not only those before
 */
export async function growingDecoder(
  session: InferenceSession,
  layout: CacheLayout,
  hidden: number,
  { names, sharesScales }: Pick<FreshOutputs, 'names' | 'sharesScales'>,
  bothWays: boolean,
): Promise<Decoder | null> {
  if (layout.type !== 'float32') return null;
  const memory = new CacheMemory();
  const newCache = (rows: number, length: number, spare?: number) =>
    new GrowingCache(layout, names, memory, rows, length, spare);
  const decoder = { session, layout, newCache, sharesBeginnings: false };
  const logits = (reading: Reading) => trialLogits({ ...decoder, mayPad: true }, hidden, reading);
  const [alone, padded] = [await logits({ atOnce: !bothWays }), await logits({ padding: 2 })];
  if (isClose(alone, padded)) return { ...decoder, mayPad: true, sharesBeginnings: !bothWays };
  // Where rows share scales, padding changes them, as other rows do; that it is masked, empty places in the cache show.
  const [full, spare] = [await logits({ spare: 0 }), await logits({})];
  return isClose(full, spare) ? { ...decoder, mayPad: sharesScales } : null;
}

/** Feeds the embeddings of new tokens, [rows, new tokens, width], and returns the logits behind the last `kept`, or behind all. */
export async function runDecoder(
  { session }: Decoder,
  tokens: Tensor,
  rows: readonly Placed[],
  memory: Memory,
  kept = 1,
): Promise<Tensor> {
  const inputs_embeds = after(memory.standIns(tokens.dims[1] ?? 0), tokens);
  const count = inputs_embeds.dims[1] ?? 0;
  const feeds: Tensors = {
    inputs_embeds,
    attention_mask: mask(rows, memory, count),
    position_ids: positions(rows, memory.used - memory.empty.length, count, axesOf(session)),
    num_logits_to_keep: new Tensor('int64', [BigInt(kept)], []),
    ...memory.feeds(),
  };
  const inputs = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name] as Tensor]));
  const results = (await session.run(inputs, ['logits', ...memory.outputs])) as Tensors;
  memory.advance(results, count);
  return results.logits as Tensor;
}

/** The embeddings of tokens with so many before them, in each row, that are zero. */
function after(count: number, tokens: Tensor): Tensor {
  if (count === 0) return tokens;
  const [rows = 0, length = 0, hidden = 0] = tokens.dims;
  const data = new Float32Array(rows * (count + length) * hidden);
  for (let row = 0; row < rows; row++) {
    const values = (tokens.data as Float32Array).subarray(row * length * hidden, (row + 1) * length * hidden);
    data.set(values, (row * (count + length) + count) * hidden);
  }
  return new Tensor('float32', data, [rows, count + length, hidden]);
}

interface Reading {
  /** Empty places before the row. */
  readonly padding?: number;
  /** The last token is read with the others, not after them. */
  readonly atOnce?: boolean;
  /** Empty places in the cache behind the row. */
  readonly spare?: number;
}

/**
 * The logits of the last of a few tokens, read in some way. Graphs with GroupQueryAttention take empty places for
 * tokens: what is read beside such places differs from what is read alone.
 */
async function trialLogits(
  decoder: Decoder,
  hidden: number,
  { padding = 0, atOnce = false, spare }: Reading,
): Promise<Float32Array> {
  const length = 4;
  const values = Float32Array.from({ length: length * hidden }, (_, i) => Math.sin(i + 1));
  const prompt = atOnce ? length : length - 1;
  const data = new Float32Array((padding + prompt) * hidden);
  data.set(values.subarray(0, prompt * hidden), padding * hidden);
  const rows = [{ padding, positions: COUNTED }];
  const tensor = (part: Float32Array) => new Tensor('float32', part, [1, part.length / hidden, hidden]);
  const cache = decoder.newCache(1, padding + prompt, spare);
  const logits = await runDecoder(decoder, tensor(data), rows, cache.prompts([[0]]));
  const last = values.slice(prompt * hidden);
  return lastLogits(atOnce ? logits : await runDecoder(decoder, tensor(last), rows, cache));
}

function isClose(expected: Float32Array, found: Float32Array): boolean {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.every((value, i) => Math.abs(value - (found[i] as number)) <= ROUNDING * scale);
}

function lastLogits({ data, dims }: Tensor): Float32Array {
  return (data as Float32Array).slice(-(dims.at(-1) ?? 0));
}

/** 1 where a row has a token: not in its padding, not in the cache's empty places. */
function mask(
  rows: readonly Placed[],
  { used, empty, capacity, paddedFrom = 0 }: Memory,
  count: number,
): Tensor {
  const width = capacity + count;
  const data = new BigInt64Array(rows.length * width).fill(1n);
  rows.forEach(({ padding }, row) => {
    data.fill(0n, row * width + used, row * width + capacity);
    data.fill(0n, row * width + paddedFrom, row * width + paddedFrom + padding);
    for (const place of empty) data[row * width + place] = 0n;
  });
  return new Tensor('int64', data, [rows.length, width]);
}

/** How many positions a token has: one, or three that stand for time, height and width. */
function axesOf({ inputMetadata }: InferenceSession): 1 | 3 {
  const input = inputMetadata.find(({ name }) => name === 'position_ids');
  return input?.isTensor && input.shape.length === 3 ? 3 : 1;
}

function positions(rows: readonly Placed[], used: number, count: number, axes: 1 | 3): Tensor {
  const data = new BigInt64Array(axes * rows.length * count);
  let to = 0;
  for (let axis = 0; axis < axes; axis++) {
    for (const { padding, positions } of rows) {
      for (let i = 0; i < count; i++) {
        const token = Math.max(0, used + i - padding);
        data[to++] = BigInt(positions.prompt?.[axis]?.[token] ?? token + positions.shift);
      }
    }
  }
  return new Tensor('int64', data, axes === 3 ? [3, rows.length, count] : [rows.length, count]);
}
