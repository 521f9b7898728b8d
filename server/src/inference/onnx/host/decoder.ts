/** The decoder graph: one run over a batch, and what kind of batch it can run. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
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

/** Relative difference of logits that the order of summation explains. */
const ROUNDING = 1e-4;

/**
 * Finds out what the graph can do.
 * @param fresh names of its outputs for the new part of the cache; null when it has none
 */
export async function examineDecoder(
  session: InferenceSession,
  layout: CacheLayout,
  hidden: number,
  fresh: readonly string[] | null,
): Promise<Decoder> {
  const whole: Decoder = { session, layout, mayPad: false, newCache: (rows) => new WholeCache(layout, rows) };
  if (!fresh || layout.type !== 'float32') return whole;
  const memory = new CacheMemory();
  const newCache = (rows: number, length: number) => new GrowingCache(layout, fresh, memory, rows, length);
  const growing: Decoder = { session, layout, mayPad: true, newCache };
  return (await honoursMask(growing, hidden)) ? growing : whole;
}

/**
 * Feeds the embeddings of new tokens, [rows, new tokens, width], and returns the logits of the last.
 * @param paddings for each row, how many of its first places hold nothing
 */
export async function runDecoder(
  { session }: Decoder,
  inputs_embeds: Tensor,
  paddings: readonly number[],
  memory: Memory,
): Promise<Tensor> {
  const count = inputs_embeds.dims[1] ?? 0;
  const feeds: Tensors = {
    inputs_embeds,
    attention_mask: mask(paddings, memory, count),
    position_ids: positions(paddings, memory.used, count),
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
async function honoursMask(decoder: Decoder, hidden: number): Promise<boolean> {
  const length = 4;
  const padding = 2;
  const values = Float32Array.from({ length: length * hidden }, (_, i) => Math.sin(i + 1));
  const embeddings = (data: Float32Array) => new Tensor('float32', data, [1, data.length / hidden, hidden]);
  const alone = await runDecoder(
    decoder,
    embeddings(values),
    [0],
    decoder.newCache(1, length).prompts([[0]]),
  );
  const start = new Float32Array((padding + length - 1) * hidden);
  start.set(values.subarray(0, (length - 1) * hidden), padding * hidden);
  const cache = decoder.newCache(1, padding + length - 1);
  await runDecoder(decoder, embeddings(start), [padding], cache.prompts([[0]]));
  const beside = await runDecoder(
    decoder,
    embeddings(values.subarray((length - 1) * hidden)),
    [padding],
    cache,
  );
  const [expected, found] = [lastLogits(alone), lastLogits(beside)];
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.every((value, i) => Math.abs(value - (found[i] as number)) <= ROUNDING * scale);
}

function lastLogits({ data, dims }: Tensor): Float32Array {
  return (data as Float32Array).slice(-(dims.at(-1) ?? 0));
}

/** 1 where a row has a token: not in its padding, not in the cache's empty places. */
function mask(paddings: readonly number[], { used, capacity }: Memory, count: number): Tensor {
  const width = capacity + count;
  const data = new BigInt64Array(paddings.length * width).fill(1n);
  paddings.forEach((padding, row) => {
    data.fill(0n, row * width + used, row * width + capacity);
    data.fill(0n, row * width, row * width + padding);
  });
  return new Tensor('int64', data, [paddings.length, width]);
}

function positions(paddings: readonly number[], used: number, count: number): Tensor {
  const rows = paddings.flatMap((padding) =>
    Array.from({ length: count }, (_, i) => BigInt(Math.max(0, used + i - padding))),
  );
  return new Tensor('int64', BigInt64Array.from(rows), [paddings.length, count]);
}
