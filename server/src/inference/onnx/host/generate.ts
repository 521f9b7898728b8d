/** From requests to predictions, in the model host. */
import { failedPrediction } from '../../../core/models/failed.ts';
import type { Decoding, ModelRequest, PartialOutput, Prediction, Usage } from '../../../core/models/types.ts';
import type { Features } from '../architectures/types.ts';
import type { TokenizedPrompt } from '../chat-tokenizer.ts';
import { batches } from './batches.ts';
import { decode, type Finished, type Row } from './decode.ts';
import type { ImageFeatures } from './features.ts';
import type { LoadedModel } from './load.ts';
import { readyPrompt } from './prompt.ts';
import { reasonOf } from './reason.ts';
import { drawOf } from './sampler.ts';

/** Prompts whose images are read together. */
const PREPARED_TOGETHER = 16;
/** Milliseconds between two looks at what is written so far. */
const LOOK_EVERY = 50;

export interface Listener {
  /** These requests are in hand now. */
  working(keys: readonly string[]): void;
  predictions(predictions: readonly Prediction[]): void;
  /** What is written so far; null when nobody watches. */
  readonly partials: ((partials: readonly PartialOutput[]) => void) | null;
  /** Still at it. */
  alive(): void;
}

/** Runs the requests, telling the listener what is in hand and what is finished. Each request is answered exactly once. */
export async function generate(
  model: LoadedModel,
  features: ImageFeatures,
  requests: readonly ModelRequest[],
  decoding: Decoding,
  listener: Listener,
): Promise<void> {
  // What cannot be held to its format is refused before anything is run.
  for (const { constraint } of requests) if (constraint) model.holds.of(constraint);
  const rows: Row[] = [];
  // Samples of a record ask the same: their prompt is made once.
  const prompts = [...Map.groupBy(requests, ({ messages }) => JSON.stringify(messages)).values()];
  let before: readonly ModelRequest[] = [];
  let begun: Promise<Prepared[]> = Promise.resolve([]);
  // One group ahead: its images are read while those of the group before are encoded.
  for (const group of [...groupsOf(prompts, PREPARED_TOGETHER), []]) {
    listener.working([...before, ...group.flat()].map(({ key }) => key));
    const following = prepare(model, features, group, decoding);
    const failed: Prediction[] = [];
    for (const row of await begun) {
      if ('error' in row) failed.push(failedPrediction(row.key, row.error));
      else rows.push(row);
    }
    if (failed.length > 0) listener.predictions(failed);
    [before, begun] = [group.flat(), following];
  }
  for (const batch of batches(rows, model.sessions.decoder, model.sessions.nearLength))
    await runBatch(model, batch, listener);
}

/** Rows that fail together are run again one by one, so that only those fail that fail alone. */
async function runBatch(model: LoadedModel, rows: readonly Row[], listener: Listener): Promise<void> {
  const open = new Set(rows);
  let lastLook = Number.NEGATIVE_INFINITY;
  listener.working(rows.map(({ key }) => key));
  try {
    for await (const { ended, written } of decode(model.sessions, rows, model.vocabulary)) {
      for (const { row } of ended) open.delete(row);
      if (ended.length > 0) listener.predictions(ended.map((one) => predictionOf(one, model)));
      else listener.alive();
      if (!listener.partials || performance.now() - lastLook < LOOK_EVERY) continue;
      listener.partials(written().map(({ row, tokens }) => partialOf(row, tokens, model)));
      lastLook = performance.now();
    }
  } catch (error) {
    const [only] = rows;
    if (only && rows.length === 1)
      listener.predictions([
        failedPrediction(only.key, `The model cannot run this prompt: ${reasonOf(error)}`),
      ]);
    else for (const row of open) await runBatch(model, [row], listener);
  }
}

function groupsOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}

type Prepared = Row | { readonly key: string; readonly error: string };

async function prepare(
  model: LoadedModel,
  features: ImageFeatures,
  groups: readonly (readonly ModelRequest[])[],
  decoding: Decoding,
): Promise<Prepared[]> {
  const prompts = groups.map(([request]) =>
    attempt(() => model.tokenizer.tokenize((request as ModelRequest).messages, model.vocabulary.imageToken)),
  );
  const paths = new Set(prompts.flatMap((prompt) => (prompt instanceof Error ? [] : prompt.images)));
  const found = await features.of(paths);
  return groups.flatMap((requests, i): Prepared[] => {
    const prompt = prompts[i] as TokenizedPrompt | Error;
    const rows =
      prompt instanceof Error ? prompt : attempt(() => rowsOf(requests, prompt, found, model, decoding));
    return rows instanceof Error ? requests.map(({ key }) => ({ key, error: rows.message })) : rows;
  });
}

/** A row for each sample of a prompt. @throws Error whose message is one sentence */
function rowsOf(
  requests: readonly ModelRequest[],
  prompt: TokenizedPrompt,
  found: ReadonlyMap<string, Features | Error>,
  model: LoadedModel,
  decoding: Decoding,
): Row[] {
  const { ids, features, positions } = readyPrompt(prompt, found, model);
  const limit = Math.min(decoding.maxNewTokens, model.context(ids.length) - ids.length);
  return requests.map(({ key, sample = 0, constraint }) => {
    const draw = drawOf(decoding, prompt.ids, sample);
    const hold = constraint ? model.holds.of(constraint) : null;
    return { key, ids, features, positions, limit, draw, hold };
  });
}

function predictionOf({ row, tokens, stopped, isCut }: Finished, { tokenizer }: LoadedModel): Prediction {
  const imageTokens = row.features.reduce((sum, { count }) => sum + count, 0);
  const usage: Usage = {
    promptTokens: row.ids.length,
    imageTokens,
    outputTokens: tokens.length + Number(stopped),
  };
  const output = tokenizer.decode(tokens);
  return { key: row.key, output, finishReason: stopped && !isCut ? 'stop' : 'length', usage };
}

function partialOf({ key }: Row, tokens: readonly number[], { tokenizer }: LoadedModel): PartialOutput {
  // A character whose bytes are tokens of their own is not there before the last of them.
  return { key, output: tokenizer.decode(tokens).replace(/\uFFFD+$/, '') };
}

function attempt<T>(act: () => T): T | Error {
  try {
    return act();
  } catch (error) {
    return error as Error;
  }
}
