/** The decode loop: greedy, over rows padded on the left to one length, each row until its own end. */
import type { Tensor } from 'onnxruntime-node';
import { argmax } from './argmax.ts';
import type { Cache, Memory } from './cache.ts';
import { type Decoder, runDecoder } from './decoder.ts';
import type { Features } from './features.ts';
import { freeTensors } from './free.ts';
import type { Sessions } from './sessions.ts';

export interface Row {
  readonly key: string;
  /** The prompt, image tokens included. */
  readonly ids: readonly number[];
  /** In the order of the prompt's images. */
  readonly features: readonly Features[];
  /** Bound of generated tokens, end token included. */
  readonly limit: number;
}

export interface Finished {
  readonly row: Row;
  /** Generated tokens, without the end token. */
  readonly tokens: readonly number[];
  /** The model ended by itself. */
  readonly stopped: boolean;
}

/** What one token has changed. */
export interface Step {
  /** The rows that ended with it, often none. */
  readonly ended: readonly Finished[];
  /** The rows that go on, with what they have written. */
  readonly written: () => readonly Pick<Finished, 'row' | 'tokens'>[];
}

export interface Vocabulary {
  readonly imageToken: number;
  readonly endTokens: ReadonlySet<number>;
}

interface Running {
  readonly row: Row;
  /** Places before the prompt that hold nothing. */
  readonly padding: number;
  readonly tokens: number[];
  ended: boolean;
}

/** Prompt tokens that are read at once, as far as the cache allows: what the layers pass on then stays near the processor. */
const PROMPT_TOKENS = 512;

/** Runs the rows and yields after every token. Rows of unequal length only where the decoder may pad. */
export async function* decode(
  sessions: Sessions,
  rows: readonly Row[],
  { imageToken, endTokens }: Vocabulary,
): AsyncGenerator<Step> {
  const { decoder, embeddings } = sessions;
  const length = longest(rows);
  const running: Running[] = rows.map((row) => ({
    row,
    padding: length - row.ids.length,
    tokens: [],
    ended: false,
  }));
  const cache = decoder.newCache(rows.length, length);
  try {
    let chosen = await readPrompts(sessions, rows, length, imageToken, cache);
    for (;;) {
      const ended = take(running, chosen, endTokens);
      yield { ended, written: () => running.filter((one) => !one.ended) };
      if (running.every(({ ended }) => ended)) return;
      if (cache.isSeparable) dropEnded(running, chosen, cache);
      const inputs = await embeddings.of(chosen, running.length);
      const paddings = running.map(({ padding }) => padding);
      chosen = await nextTokens(decoder, inputs, paddings, cache);
    }
  } finally {
    cache.release();
  }
}

function longest(rows: readonly Row[]): number {
  return Math.max(...rows.map(({ ids }) => ids.length));
}

/** Fills the cache with the rows' prompts and gives each row's first token. */
async function readPrompts(
  sessions: Sessions,
  rows: readonly Row[],
  length: number,
  imageToken: number,
  cache: Cache,
): Promise<number[]> {
  const size = cache.isSeparable ? Math.max(1, Math.floor(PROMPT_TOKENS / length)) : rows.length;
  const chosen: number[] = [];
  for (let first = 0; first < rows.length; first += size) {
    const part = rows.slice(first, first + size);
    const width = longest(part);
    const paddings = part.map(({ ids }) => width - ids.length);
    const inputs = await embedPrompts(sessions, part, paddings, imageToken);
    const memory = cache.prompts(first, part.length);
    chosen.push(...(await nextTokens(sessions.decoder, inputs, paddings, memory)));
  }
  return chosen;
}

/** Runs the decoder, uses up the inputs, and gives the likeliest next token of each row. */
async function nextTokens(
  decoder: Decoder,
  inputs: Tensor,
  paddings: readonly number[],
  memory: Memory,
): Promise<number[]> {
  const logits = await runDecoder(decoder, inputs, paddings, memory);
  const chosen = likeliest(logits);
  freeTensors([inputs, logits]);
  return chosen;
}

/** The likeliest next token of each row. */
function likeliest({ data, dims }: Tensor): number[] {
  const [rows = 0, kept = 1, words = 0] = dims;
  return Array.from({ length: rows }, (_, row) =>
    argmax(data as Float32Array, (row * kept + kept - 1) * words, words),
  );
}

/** Appends each running row's token and gives those that end with it. */
function take(
  running: readonly Running[],
  chosen: readonly number[],
  endTokens: ReadonlySet<number>,
): Finished[] {
  return running.flatMap((one, i) => {
    if (one.ended) return [];
    const token = chosen[i] as number;
    const stopped = endTokens.has(token);
    if (!stopped) one.tokens.push(token);
    one.ended = stopped || one.tokens.length >= one.row.limit;
    return one.ended ? [{ row: one.row, tokens: one.tokens, stopped }] : [];
  });
}

/** Takes the rows that ended out of the batch. */
function dropEnded(running: Running[], chosen: number[], cache: Cache): void {
  for (let row = running.length - 1; row >= 0; row--) {
    if (!running[row]?.ended) continue;
    cache.drop(row);
    replaceByLast(running, row);
    replaceByLast(chosen, row);
  }
}

function replaceByLast<T>(list: T[], place: number): void {
  const last = list.pop() as T;
  if (place < list.length) list[place] = last;
}

/** Embeddings of the rows' prompts, with the image features in the image tokens' places. */
async function embedPrompts(
  sessions: Sessions,
  rows: readonly Row[],
  paddings: readonly number[],
  imageToken: number,
): Promise<Tensor> {
  const ids = rows.flatMap((row, i) => [...Array<number>(paddings[i] as number).fill(0), ...row.ids]);
  const embedded = await sessions.embeddings.of(ids, rows.length);
  const values = embedded.data as Float32Array;
  const { hidden } = sessions;
  let start = 0;
  rows.forEach((row, i) => {
    start += paddings[i] as number;
    let place = row.ids.indexOf(imageToken);
    for (const { data, count } of row.features) {
      // Each image's tokens stand in one piece.
      values.set(data, (start + place) * hidden);
      place = row.ids.indexOf(imageToken, place + count);
    }
    start += row.ids.length;
  });
  return embedded;
}
