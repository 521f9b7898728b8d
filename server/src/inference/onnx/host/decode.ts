/** The decode loop, over rows padded on the left to one length, each row until its own end. */
import type { Tensor } from 'onnxruntime-node';
import type { Features, Positions } from '../architectures/types.ts';
import type { Beginning } from './beginning.ts';
import type { Cache } from './cache.ts';
import { HeldRow } from './constrain/held-row.ts';
import type { Hold } from './constrain/hold.ts';
import { type Decoder, type Placed, runDecoder } from './decoder.ts';
import { freeTensors } from './free.ts';
import type { Vocabulary } from './load.ts';
import type { Memory } from './memory.ts';
import { sharedLength } from './prompt.ts';
import { type Choose, chooser, type Draw } from './sampler.ts';
import type { Sessions } from './sessions.ts';

export interface Row {
  readonly key: string;
  /** The prompt, image tokens included. Rows with the same prompt hold the same array, and it is read once for all. */
  readonly ids: readonly number[];
  /** In the order of the prompt's images. */
  readonly features: readonly Features[];
  readonly positions: Positions;
  /** Bound of generated tokens, end token included. */
  readonly limit: number;
  /** Null: the likeliest token each time. */
  readonly draw: Draw | null;
  /** What the answer is held to; null: nothing. */
  readonly hold: Hold | null;
}

export interface Finished {
  readonly row: Row;
  /** Generated tokens, without the end token. */
  readonly tokens: readonly number[];
  /** The model ended by itself. */
  readonly stopped: boolean;
  /** It was led to an end because the limit was near. */
  readonly isCut: boolean;
}

/** What one token has changed. */
export interface Step {
  /** The rows that ended with it, often none. */
  readonly ended: readonly Finished[];
  /** The rows that go on, with what they have written. */
  readonly written: () => readonly Pick<Finished, 'row' | 'tokens'>[];
}

interface Running {
  readonly row: Row;
  /** Places before the prompt that hold nothing. */
  readonly padding: number;
  readonly tokens: number[];
  readonly choose: Choose;
  readonly held: HeldRow | null;
  /** The token chosen last. */
  token: number;
  ended: boolean;
}

/** Prompt tokens that are read at once, as far as the cache allows: what the layers pass on then stays near the processor. */
const PROMPT_TOKENS = 512;

/** Tokens that prompts must begin with alike for these to be read apart. */
const WORTH_SHARING = 32;

/** Runs the rows and yields after every token. Rows of unequal length only where the decoder may pad. */
export async function* decode(
  sessions: Sessions,
  rows: readonly Row[],
  { imageToken, endTokens }: Vocabulary,
): AsyncGenerator<Step> {
  const { decoder, embeddings } = sessions;
  const length = longest(rows);
  const running: Running[] = rows.map((row) => {
    const drawn = chooser(row.draw);
    const held = row.hold && new HeldRow(row.hold, drawn, row.limit);
    return {
      row,
      padding: length - row.ids.length,
      tokens: [],
      choose: held?.choose ?? drawn,
      held,
      token: -1,
      ended: false,
    };
  });
  const cache = decoder.newCache(rows.length, length);
  try {
    await readPrompts(sessions, running, length, imageToken, cache);
    for (;;) {
      const ended = take(running, endTokens);
      yield { ended, written: () => running.filter((one) => !one.ended) };
      if (running.every(({ ended }) => ended)) return;
      if (cache.isSeparable) dropEnded(running, cache);
      const chosen = running.map(({ token }) => token);
      const inputs = await embeddings.of(chosen, running.length);
      const places = running.map(({ row, padding }) => ({ padding, positions: row.positions }));
      const logits = await nextLogits(decoder, inputs, places, cache);
      running.forEach((one, i) => {
        choose(one, logits, i);
      });
      freeTensors([logits]);
    }
  } finally {
    cache.release();
  }
}

function longest(rows: readonly Pick<Row, 'ids'>[]): number {
  return Math.max(...rows.map(({ ids }) => ids.length));
}

/** Fills the cache with the rows' prompts, each prompt read once, and chooses each row's first token. */
async function readPrompts(
  sessions: Sessions,
  running: readonly Running[],
  length: number,
  imageToken: number,
  cache: Cache,
): Promise<void> {
  const places = running.map((_, place) => place);
  // Where rows cannot be filled one by one, each reads its own.
  const prompts = cache.isSeparable
    ? [...Map.groupBy(places, (place) => (running[place] as Running).row.ids).values()]
    : places.map((place) => [place]);
  const beginning = await readBeginning(
    sessions,
    prompts.map(([place]) => running[place as number]!.row),
    imageToken,
    cache,
  );
  const read = beginning?.used ?? 0;
  const size = cache.isSeparable ? Math.max(1, Math.floor(PROMPT_TOKENS / (length - read))) : prompts.length;
  for (let first = 0; first < prompts.length; first += size) {
    const part = prompts.slice(first, first + size);
    const begun = part.map(([place]) => running[place as number] as Running);
    const rows = begun.map(({ row }) => ({ ...row, ids: row.ids.slice(read) }));
    const width = longest(rows);
    const places = rows.map(({ ids, positions }) => ({ padding: width - ids.length, positions }));
    const inputs = await embedPrompts(sessions, rows, places, imageToken);
    const starts = begun.map(({ padding }) => padding);
    const logits = await nextLogits(sessions.decoder, inputs, places, cache.prompts(part, beginning, starts));
    part.forEach((same, i) => {
      for (const place of same) choose(running[place] as Running, logits, i);
    });
    freeTensors([logits]);
  }
  beginning?.release();
}

/** Reads once what all prompts begin with, up to their first image; null where that is not worth it. */
async function readBeginning(
  sessions: Sessions,
  rows: readonly Row[],
  imageToken: number,
  cache: Cache,
): Promise<Beginning | null> {
  const [first, ...others] = rows as [Row, ...Row[]];
  if (!sessions.decoder.sharesBeginnings || others.length === 0) return null;
  // A beginning is short, and its positions must mean what those of the whole mean.
  if (first.ids.length >= sessions.nearLength) return null;
  const image = first.ids.indexOf(imageToken);
  const shared = others.reduce(
    // Of each prompt something is left, behind which the first token is chosen.
    (most, { ids }) => Math.min(most, sharedLength(first.ids, ids), ids.length - 1),
    image === -1 ? first.ids.length - 1 : image,
  );
  if (shared < WORTH_SHARING) return null;
  const places = [{ padding: 0, positions: first.positions }];
  const inputs = await sessions.embeddings.of(first.ids.slice(0, shared), 1);
  const beginning = cache.beginning();
  freeTensors([await nextLogits(sessions.decoder, inputs, places, beginning)]);
  return beginning;
}

/** Runs the decoder, uses up the inputs, and gives the logits of each row's next token. */
async function nextLogits(
  decoder: Decoder,
  inputs: Tensor,
  places: readonly Placed[],
  memory: Memory,
): Promise<Tensor> {
  const logits = await runDecoder(decoder, inputs, places, memory);
  freeTensors([inputs]);
  return logits;
}

/** Chooses a row's next token from the `i`-th row of the logits. */
function choose(one: Running, { data, dims }: Tensor, i: number): void {
  const [, kept = 1, words = 0] = dims;
  one.token = one.choose(data as Float32Array, (i * kept + kept - 1) * words, words);
}

/** Appends each running row's token and gives those that end with it. */
function take(running: readonly Running[], endTokens: ReadonlySet<number>): Finished[] {
  return running.flatMap((one) => {
    if (one.ended) return [];
    const stopped = endTokens.has(one.token);
    if (!stopped) one.tokens.push(one.token);
    one.ended = stopped || one.tokens.length >= one.row.limit;
    return one.ended ? [{ row: one.row, tokens: one.tokens, stopped, isCut: one.held?.isCut ?? false }] : [];
  });
}

/** Takes the rows that ended out of the batch. */
function dropEnded(running: Running[], cache: Cache): void {
  for (let row = running.length - 1; row >= 0; row--) {
    if (!running[row]?.ended) continue;
    cache.drop(row);
    const last = running.pop() as Running;
    if (row < running.length) running[row] = last;
  }
}

/** Embeddings of the rows' prompts, with the image features in the image tokens' places. */
export async function embedPrompts(
  sessions: Sessions,
  rows: readonly Pick<Row, 'ids' | 'features'>[],
  places: readonly Placed[],
  imageToken: number,
): Promise<Tensor> {
  const paddings = places.map(({ padding }) => padding);
  const ids = rows.flatMap((row, i) => [...Array<number>(paddings[i] as number).fill(0), ...row.ids]);
  const embedded = await sessions.embeddings.of(ids, rows.length);
  const values = embedded.data as Float32Array;
  const { hidden } = sessions;
  let start = 0;
  rows.forEach((row, i) => {
    start += paddings[i] as number;
    let place = -1;
    // Other tokens may stand between the pieces of an image.
    for (const { data, count } of row.features) {
      for (let feature = 0; feature < count; feature++) {
        place = row.ids.indexOf(imageToken, place + 1);
        values.set(data.subarray(feature * hidden, (feature + 1) * hidden), (start + place) * hidden);
      }
    }
    start += row.ids.length;
  });
  return embedded;
}
