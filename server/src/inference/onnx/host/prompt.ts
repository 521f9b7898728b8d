/** From a request's messages to token ids, with a place for each image feature. */
import type { PreTrainedTokenizer } from '@huggingface/transformers';
import type { Message } from '../../../core/prompts/types.ts';

export interface TokenizedPrompt {
  /** One image token for each image, not yet repeated. */
  readonly ids: readonly number[];
  /** Paths of the images, in order. */
  readonly images: readonly string[];
}

/** The text that the model completes: the tokenizer's chat template, one image token for each image. */
export function chatText(tokenizer: PreTrainedTokenizer, messages: readonly Message[]): string {
  const conversation = messages.map(({ role, content }) => ({
    role,
    content: content.map((part) =>
      part.type === 'image' ? { type: 'image' as const } : { type: 'text' as const, text: part.text },
    ),
  }));
  return tokenizer.apply_chat_template(conversation, {
    tokenize: false,
    add_generation_prompt: true,
  }) as string;
}

/** @throws Error whose message is one sentence, when the text itself speaks of images */
export function tokenize(
  tokenizer: PreTrainedTokenizer,
  messages: readonly Message[],
  imageToken: number,
): TokenizedPrompt {
  const ids = tokenizer.encode(chatText(tokenizer, messages), { add_special_tokens: false });
  const images = messages.flatMap(({ content }) =>
    content.flatMap((part) => (part.type === 'image' ? [part.path] : [])),
  );
  const places = ids.filter((id) => id === imageToken).length;
  if (places !== images.length) {
    throw new Error(
      `The prompt has ${places} places for images but ${images.length} images: its text may hold the model's image token.`,
    );
  }
  return { ids, images };
}

/** Repeats each image token as often as its image has features. */
export function expandImages(
  ids: readonly number[],
  imageToken: number,
  counts: readonly number[],
): number[] {
  let image = 0;
  return ids.flatMap((id) =>
    id === imageToken ? Array<number>(counts[image++] ?? 0).fill(imageToken) : [id],
  );
}
