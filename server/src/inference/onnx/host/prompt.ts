import type { Features, Positions } from '../architectures/types.ts';
import type { TokenizedPrompt } from '../chat-tokenizer.ts';
import type { LoadedModel } from './load.ts';

/** A prompt as the decoder reads it. */
export interface ReadyPrompt {
  /** Image tokens included. */
  readonly ids: readonly number[];
  /** In the order of the prompt's images. */
  readonly features: readonly Features[];
  readonly positions: Positions;
}

/**
 * Joins a prompt with the features of its images.
 * @param found features or an error, by the path of each image
 * @throws Error whose message is one sentence
 */
export function readyPrompt(
  prompt: TokenizedPrompt,
  found: ReadonlyMap<string, Features | Error>,
  { vocabulary, context, images, tokenizer }: LoadedModel,
): ReadyPrompt {
  const features = prompt.images.map((path) => {
    const one = found.get(path);
    if (one instanceof Error) throw one;
    return one as Features;
  });
  const standing = features.map(({ size, count }) =>
    images.standing(
      () => size,
      (text) => tokenizer.encode(text),
      count,
    ),
  );
  const ids = expandImages(prompt.ids, vocabulary.imageToken, standing);
  const places = ids.filter((id) => id === vocabulary.imageToken).length;
  const count = features.reduce((sum, one) => sum + one.count, 0);
  if (places !== count)
    throw new Error(`The prompt has ${places} places for image features, and its images have ${count}.`);
  const positions = images.positions(
    ids,
    features.map(({ size }) => size),
  );
  const most = context(ids.length);
  if (ids.length >= most) {
    throw new Error(
      `The prompt is ${ids.length} tokens long, and the model takes ${most} together with its answer.`,
    );
  }
  return { ids, features, positions };
}

/** Puts the tokens that stand for each image in the place of its one image token. */
export function expandImages(
  ids: readonly number[],
  imageToken: number,
  standing: readonly (readonly number[])[],
): number[] {
  let image = 0;
  return ids.flatMap((id) => (id === imageToken ? (standing[image++] ?? []) : [id]));
}

/** How many tokens two rows begin with alike. */
export function sharedLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
