/** The decoder graph: one run over a batch, and what kind of batch it can run. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { COUNTED, type Positions } from '../architectures/types.ts';
import { type Cache, CacheMemory, GrowingCache, type Memory, WholeCache } from './cache.ts';
import type { CacheLayout, Tensors } from './cache-layout.ts';

export interface Decoder {
  readonly session: InferenceSession;
  readonly layout: CacheLayout;
  /** Rows of unequal length may run together, padded on the left, and rows may be taken out. */
  readonly mayPad: boolean;
  /** @param length tokens of the longest prompt */
  newCache(rows: number, length: number): Cache;
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
export function wholeDecoder(session: InferenceSession, layout: CacheLayout): Decoder {
  return { session, layout, mayPad: false, newCache: (rows) => new WholeCache(layout, rows) };
}

/**
 * A graph that gives back the new part of its cache alone; null when rows of unequal length cannot run together in it.
 * @param fresh names of its outputs for the new part
 * @param bothWays a prompt's tokens see each other, not only those before
 */
export async function growingDecoder(
  session: InferenceSession,
  layout: CacheLayout,
  hidden: number,
  fresh: readonly string[],
  bothWays: boolean,
): Promise<Decoder | null> {
  if (layout.type !== 'float32') return null;
  const memory = new CacheMemory();
  const newCache = (rows: number, length: number) => new GrowingCache(layout, fresh, memory, rows, length);
  const decoder: Decoder = { session, layout, mayPad: true, newCache };
  return (await honoursMask(decoder, hidden, bothWays)) ? decoder : null;
}

/** Feeds the embeddings of new tokens, [rows, new tokens, width], and returns the logits of the last. */
export async function runDecoder(
  { session }: Decoder,
  inputs_embeds: Tensor,
  rows: readonly Placed[],
  memory: Memory,
): Promise<Tensor> {
  const count = inputs_embeds.dims[1] ?? 0;
  const feeds: Tensors = {
    inputs_embeds,
    attention_mask: mask(rows, memory, count),
    position_ids: positions(rows, memory.used, count, axesOf(session)),
    num_logits_to_keep: new Tensor('int64', [1n], []),
    ...memory.feeds(),
  };
  const inputs = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name] as Tensor]));
  const results = (await session.run(inputs, ['logits', ...memory.outputs])) as Tensors;
  memory.advance(results, count);
  return results.logits as Tensor;
}

/**
 * Whether a row with padding before it and empty places behind it gets the logits it gets alone. Graphs with
 * GroupQueryAttention take such places for tokens, and quantised ones let them change their scales.
 */
async function honoursMask(decoder: Decoder, hidden: number, bothWays: boolean): Promise<boolean> {
  const length = 4;
  const values = Float32Array.from({ length: length * hidden }, (_, i) => Math.sin(i + 1));
  /** The logits of the last token, after `padding` empty places, read with the others or after them. */
  const read = async (padding: number, atOnce: boolean) => {
    const prompt = atOnce ? length : length - 1;
    const data = new Float32Array((padding + prompt) * hidden);
    data.set(values.subarray(0, prompt * hidden), padding * hidden);
    const rows = [{ padding, positions: COUNTED }];
    const tensor = (part: Float32Array) => new Tensor('float32', part, [1, part.length / hidden, hidden]);
    const cache = decoder.newCache(1, padding + prompt);
    const logits = await runDecoder(decoder, tensor(data), rows, cache.prompts([[0]]));
    const last = values.slice(prompt * hidden);
    return lastLogits(atOnce ? logits : await runDecoder(decoder, tensor(last), rows, cache));
  };
  const [expected, found] = [await read(0, !bothWays), await read(2, false)];
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.every((value, i) => Math.abs(value - (found[i] as number)) <= ROUNDING * scale);
}

function lastLogits({ data, dims }: Tensor): Float32Array {
  return (data as Float32Array).slice(-(dims.at(-1) ?? 0));
}

/** 1 where a row has a token: not in its padding, not in the cache's empty places. */
function mask(rows: readonly Placed[], { used, capacity }: Memory, count: number): Tensor {
  const width = capacity + count;
  const data = new BigInt64Array(rows.length * width).fill(1n);
  rows.forEach(({ padding }, row) => {
    data.fill(0n, row * width + used, row * width + capacity);
    data.fill(0n, row * width, row * width + padding);
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
