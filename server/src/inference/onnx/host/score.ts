/**
 * How likely given texts are as answers to a prompt, in the model host: the texts' tokens are fed as if the model had
 * chosen them, and each is scored by the logits behind the one before it. The prompt is read once for all texts, what
 * several texts begin with once, and of a text's last token nothing has to be read.
 */
import type { ScoreRequest, Scores, TextScore } from '../../../core/models/types.ts';
import type { TokenizedPrompt } from '../chat-tokenizer.ts';
import type { ImageFeatures } from './features.ts';
import type { LoadedModel } from './load.ts';
import { readyPrompt, sharedLength } from './prompt.ts';
import { reasonOf } from './reason.ts';
import { type Logits, Trunk } from './trunk.ts';

export interface ScoreListener {
  /** These requests are in hand now. */
  working(keys: readonly string[]): void;
  scores(scores: readonly Scores[]): void;
  /** Still at it. */
  alive(): void;
}

/** Bytes that the rows of one run may take, as copies of what they begin with and as logits. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Scores the requests, one prompt after the other. Each is answered exactly once. */
export async function score(
  model: LoadedModel,
  features: ImageFeatures,
  requests: readonly ScoreRequest[],
  listener: ScoreListener,
): Promise<void> {
  for (const request of requests) {
    const { key } = request;
    listener.working([key]);
    try {
      listener.scores([{ key, texts: await scoresOf(model, features, request, listener) }]);
    } catch (error) {
      listener.scores([{ key, texts: [], error: reasonOf(error) }]);
    }
  }
}

/** A text behind the prompt, as tokens. */
interface Tokens {
  readonly ids: readonly number[];
  /** Those before are given. */
  readonly start: number;
}

async function scoresOf(
  model: LoadedModel,
  features: ImageFeatures,
  { messages, texts }: ScoreRequest,
  listener: ScoreListener,
): Promise<TextScore[]> {
  const { tokenizer, vocabulary, sessions, context, readsBothWays } = model;
  const tokenized = tokenizer.tokenize(messages, vocabulary.imageToken);
  const encode = (text: string) => tokenizer.encodeChat(text, vocabulary.imageToken);
  const { ids, behind } = tokensOf(encode, tokenized, texts, readsBothWays);
  const found = await features.of(new Set(tokenized.images));
  const prompt = readyPrompt({ ...tokenized, ids }, found, model);
  const longest = prompt.ids.length + Math.max(...behind.map(({ ids }) => ids.length));
  const most = context(prompt.ids.length);
  if (longest > most)
    throw new Error(`Prompt and text are ${longest} tokens long, and the model takes ${most}.`);
  const trunk = await Trunk.open(sessions, prompt, vocabulary.imageToken, readsBothWays);
  try {
    const scores = new Map<Tokens, TextScore>();
    for (const same of Map.groupBy(behind, ({ ids, start }) => ids.slice(0, start).join()).values()) {
      await (readsBothWays ? oneByOne(trunk, same, scores) : branches(model, trunk, same, scores));
      listener.alive();
    }
    return behind.map((one) => scores.get(one) as TextScore);
  } finally {
    trunk.release();
  }
}

/**
 * The texts as tokens. Where a text changes how the end of what is before it is cut into tokens, what changes is
 * scored with the text, for all texts that have the same before them: the scores can then be compared.
 * @param promptAlone whether what is given to every text must not be read together with the prompt
 * @returns what is before every text, and what is behind that for each
 */
function tokensOf(
  encode: (text: string) => readonly number[],
  { text: chat, ids: asked }: TokenizedPrompt,
  texts: ScoreRequest['texts'],
  promptAlone: boolean,
): { readonly ids: readonly number[]; readonly behind: readonly Tokens[] } {
  /** For each beginning its tokens, as far as all texts behind it leave them. */
  const givens = new Map<string, readonly number[]>();
  const whole = texts.map(({ given, text }) => {
    const ids = encode(chat + given + text);
    const before = givens.get(given) ?? (given === '' ? asked : encode(chat + given));
    givens.set(given, before.slice(0, sharedLength(before, ids)));
    return ids;
  });
  const [first = []] = whole;
  const most = promptAlone ? asked.length : Number.POSITIVE_INFINITY;
  const before = texts.map(({ given }) => (givens.get(given) as readonly number[]).length);
  const shared = Math.min(most, ...before, ...whole.map((ids) => sharedLength(first, ids)));
  const behind = whole.map((ids, i) => ({ ids: ids.slice(shared), start: (before[i] as number) - shared }));
  if (behind.some(({ ids, start }) => start >= ids.length)) throw new Error('A text to be scored is empty.');
  return { ids: first.slice(0, shared), behind };
}

/** Scores texts that begin alike; where the decoder can, several in one run. */
async function branches(
  { sessions }: LoadedModel,
  trunk: Trunk,
  texts: readonly Tokens[],
  scores: Map<Tokens, TextScore>,
): Promise<void> {
  const [{ ids: first, start }] = texts as [Tokens];
  // A trunk that cannot go back stays at the prompt.
  const base = trunk.goesBack ? start : 0;
  await trunk.reach(first.slice(0, base));
  const { logits } = trunk;
  // Texts that differ in their last token alone are one row.
  const rows = [...Map.groupBy(texts, ({ ids }) => ids.slice(base, -1).join()).values()];
  const { layers, heads, width, type } = sessions.decoder.layout;
  const tokenBytes = 2 * layers * heads * width * (type === 'float16' ? 2 : 4);
  const longest = Math.max(...texts.map(({ ids }) => ids.length)) - base;
  const rowBytes = tokenBytes * (trunk.length + longest) + logits.byteLength * longest;
  const size = trunk.goesBack && sessions.decoder.mayPad ? Math.max(1, Math.floor(MOST_BYTES / rowBytes)) : 1;
  for (let from = 0; from < rows.length; from += size) {
    const part = rows.slice(from, from + size);
    const fed = part.map(([one]) => (one as Tokens).ids.slice(base, -1));
    const isNothing = fed.every((row) => row.length === 0);
    const behind = isNothing ? null : await trunk.branch(fed, Math.max(0, start - 1 - base));
    part.forEach((same, row) => {
      for (const text of same) {
        const at = (place: number) =>
          place < base ? logits : (behind as NonNullable<typeof behind>)(row, place - base);
        scores.set(text, scoreOf(text, at));
      }
    });
  }
}

/** Scores texts for a decoder in which tokens that are read at once would see what follows them. */
async function oneByOne(
  trunk: Trunk,
  texts: readonly Tokens[],
  scores: Map<Tokens, TextScore>,
): Promise<void> {
  for (const text of texts) {
    const behind = new Map<number, Logits>();
    for (let place = text.start - 1; place < text.ids.length - 1; place++) {
      await trunk.reach(text.ids.slice(0, place + 1));
      behind.set(place, trunk.logits);
    }
    scores.set(
      text,
      scoreOf(text, (place) => behind.get(place) as Logits),
    );
  }
}

/** @param behind the logits behind the token at a place; -1: behind the prompt */
function scoreOf({ ids, start }: Tokens, behind: (place: number) => Logits): TextScore {
  const tokens = ids.slice(start).map((id, i) => {
    const logits = behind(start + i - 1);
    return (logits[id] as number) - logOfSum(logits);
  });
  return { logProbability: tokens.reduce((sum, one) => sum + one, 0), tokens };
}

/** For texts that go on from the same token. */
const sums = new WeakMap<Logits, number>();

/** The natural logarithm of what all tokens weigh: what a token's logit is above it is the logarithm of its probability. */
function logOfSum(logits: Logits): number {
  let known = sums.get(logits);
  if (known === undefined) {
    let greatest = Number.NEGATIVE_INFINITY;
    for (const logit of logits) if (logit > greatest) greatest = logit;
    let sum = 0;
    for (const logit of logits) sum += Math.exp(logit - greatest);
    known = greatest + Math.log(sum);
    sums.set(logits, known);
  }
  return known;
}
