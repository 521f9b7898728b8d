/** From prompts to the body of a chat completion request. */
import { createHash } from 'node:crypto';
import type { Decoding, ModelRequest } from '../../core/models/types.ts';
import type { Message } from '../../core/prompts/types.ts';
import { dataUrl } from './images.ts';
import type { EndpointSettings } from './settings.ts';
import { structuredPart } from './structured.ts';

/** How servers call the bound of generated tokens; OpenAI's newer models refuse the old name, most others know no other. */
export type LimitName = 'max_tokens' | 'max_completion_tokens';

/** Requests that one HTTP request asks: samples of one prompt. */
export type Ask = readonly [ModelRequest, ...ModelRequest[]];

/** @throws Error whose message is one sentence, when an image cannot be used */
export async function requestBody(
  { model, imageSide, logprobs, structured, extra }: EndpointSettings,
  ask: Ask,
  { maxNewTokens, temperature, topP = 1, seed = 0 }: Decoding,
  limit: LimitName,
  stream: boolean,
): Promise<Record<string, unknown>> {
  const [{ messages, sample = 0, constraint }] = ask;
  const drawn = temperature > 0 ? { top_p: topP, seed: seedOf(seed, sample) } : {};
  return {
    model,
    messages: await Promise.all(messages.map((message) => wire(message, imageSide))),
    [limit]: maxNewTokens,
    temperature,
    ...drawn,
    ...(ask.length > 1 ? { n: ask.length } : {}),
    ...(logprobs ? { logprobs: true } : {}),
    ...structuredPart(structured, constraint),
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...extra,
  };
}

/** Each sample its own seed, 31 bits: servers take no more. */
function seedOf(seed: number, sample: number): number {
  return createHash('sha256').update(`${seed} ${sample}`).digest().readUInt32LE() >>> 1;
}

async function wire({ role, content }: Message, imageSide: number | undefined) {
  // Some servers take a list of parts only where there is an image.
  if (content.every((part) => part.type === 'text')) {
    return { role, content: content.map((part) => part.text).join('') };
  }
  const parts = content.map(async (part) =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: { url: await dataUrl(part.path, imageSide) } },
  );
  return { role, content: await Promise.all(parts) };
}
