import type { InferenceSession, Tensor } from 'onnxruntime-node';

export type Tensors = Record<string, Tensor>;

/** Where the decoder keeps what it has read: one key and one value tensor a layer, [batch, heads, length, width]. */
export interface CacheLayout {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly type: Tensor.Type;
}

/** Names of a decoder's cache tensors in one order, as inputs (`past_key_values`) or outputs (`present`). */
export function cacheNames(prefix: 'past_key_values' | 'present', layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) => [
    `${prefix}.${layer}.key`,
    `${prefix}.${layer}.value`,
  ]).flat();
}

/** @throws Error whose message is one sentence, when the decoder keeps no such cache */
export function cacheLayout(decoder: InferenceSession, layers: number): CacheLayout {
  const [name] = cacheNames('past_key_values', layers);
  const input = decoder.inputMetadata.find((metadata) => metadata.name === name);
  const [, heads, , width] = input?.isTensor ? input.shape : [];
  if (!input?.isTensor || typeof heads !== 'number' || typeof width !== 'number') {
    throw new Error(`The model's decoder has no input ${name} of the shape [batch, heads, length, width].`);
  }
  return { layers, heads, width, type: input.type };
}
