/** The decode loop: greedy, over rows padded on the left to one length, each row until its own end. */
import type { Tensor } from 'onnxruntime-node';
import { argmax } from './argmax.ts';
import { runDecoder } from './decoder.ts';
import type { Features } from './features.ts';
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

/** The cache is copied without the rows that ended as soon as these are one in so many: less often costs more than it saves. */
const COMPACT_ABOVE = 8;

/**
 * Runs the rows and yields after every token the rows that ended with it, often none. Rows of unequal length
 * only where the decoder may pad.
 */
export async function* decode(
  sessions: Sessions,
  rows: readonly Row[],
  vocabulary: Vocabulary,
): AsyncGenerator<Finished[]> {
  const { decoder, embeddings } = sessions;
  const length = Math.max(...rows.map(({ ids }) => ids.length));
  let running: Running[] = rows.map((row) => ({
    row,
    padding: length - row.ids.length,
    tokens: [],
    ended: false,
  }));
  const cache = decoder.newCache(rows.length);
  try {
    let inputs = await embedPrompts(sessions, running, length, vocabulary.imageToken);
    for (;;) {
      const paddings = running.map(({ padding }) => padding);
      const logits = await runDecoder(decoder, inputs, paddings, cache);
      let chosen = likeliest(logits);
      yield take(running, chosen, vocabulary.endTokens);
      const alive = running.flatMap(({ ended }, i) => (ended ? [] : [i]));
      if (alive.length === 0) return;
      if (cache.canKeep && (running.length - alive.length) * COMPACT_ABOVE >= running.length) {
        cache.keep(alive);
        running = alive.map((i) => running[i] as Running);
        chosen = alive.map((i) => chosen[i] as number);
      }
      inputs = await embeddings.of(chosen, running.length);
    }
  } finally {
    cache.release();
  }
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

/** Embeddings of the rows' prompts, with the image features in the image tokens' places. */
async function embedPrompts(
  sessions: Sessions,
  running: readonly Running[],
  length: number,
  imageToken: number,
): Promise<Tensor> {
  const ids = running.flatMap(({ row, padding }) => [...Array<number>(padding).fill(0), ...row.ids]);
  const embedded = await sessions.embeddings.of(ids, running.length);
  const values = embedded.data as Float32Array;
  const { hidden } = sessions;
  running.forEach(({ row, padding }, i) => {
    let place = row.ids.indexOf(imageToken);
    for (const { data, count } of row.features) {
      // Each image's tokens stand in one piece.
      values.set(data, (i * length + padding + place) * hidden);
      place = row.ids.indexOf(imageToken, place + count);
    }
  });
  return embedded;
}
