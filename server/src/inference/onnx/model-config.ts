/** What config.json and generation_config.json of a model folder say. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The chat template, where tokenizer_config.json has none. */
export const TEMPLATE_FILE = 'chat_template.jinja';

/** The part of config.json that is used here. */
export interface ModelConfig {
  readonly model_type: string;
  readonly image_token_index?: number;
  readonly image_token_id?: number;
  readonly image_seq_length?: number;
  readonly eos_token_id?: number | readonly number[];
  readonly image_grid_pinpoints?: readonly (readonly [number, number])[];
  readonly vision_aspect_ratio?: string;
  readonly scale_factor?: number;
  readonly crops?: boolean;
  readonly vision_config?: { readonly image_size?: number; readonly patch_size?: number };
  readonly text_config: TextConfig;
  readonly 'transformers.js_config'?: {
    readonly dtype?: string | Readonly<Record<string, string>>;
    readonly use_external_data_format?: boolean | number | Readonly<Record<string, boolean | number>>;
  };
}

export interface TextConfig {
  readonly num_hidden_layers: number;
  readonly hidden_size: number;
  readonly vocab_size: number;
  readonly max_position_embeddings?: number;
  readonly original_max_position_embeddings?: number;
  readonly eos_token_id?: number | readonly number[];
  readonly rope_parameters?: Rope;
  /** As it was called before. */
  readonly rope_scaling?: Rope | null;
}

interface Rope {
  readonly long_factor?: readonly number[];
  readonly original_max_position_embeddings?: number;
}

/** @throws Error whose message is one sentence */
export function readJson(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON.`);
  }
}

/**
 * The tokens that end an answer: those of generation_config.json, else of the config.
 * @param spellings of others, which the folder's tokenizer knows
 */
export function endTokens(
  folder: string,
  config: ModelConfig,
  spellings: readonly string[] = [],
): readonly number[] {
  const path = join(folder, 'generation_config.json');
  const generation = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as Pick<ModelConfig, 'eos_token_id'>)
    : {};
  const ids = generation.eos_token_id ?? config.eos_token_id ?? config.text_config.eos_token_id ?? [];
  return [...(typeof ids === 'number' ? [ids] : ids), ...spelt(spellings, folder)];
}

/**
 * The token that stands for a piece of an image.
 * @param spelling looked up where the config does not name its number
 * @throws Error whose message is one sentence, when there is none
 */
export function imageTokenOf(config: ModelConfig, folder: string, spelling?: string): number {
  const named = config.image_token_index ?? config.image_token_id;
  const token = named ?? spelt(spelling === undefined ? [] : [spelling], folder)[0];
  if (token === undefined)
    throw new Error(`config.json in ${folder} does not name the image token (image_token_index).`);
  return token;
}

/** The tokens that are spelt like this, of those that were added to the tokenizer's vocabulary. */
function spelt(spellings: readonly string[], folder: string): number[] {
  if (spellings.length === 0) return [];
  const { added_tokens: added = [] } = readJson(join(folder, 'tokenizer.json')) as {
    added_tokens?: readonly { readonly id: number; readonly content: string }[];
  };
  return added.filter(({ content }) => spellings.includes(content)).map(({ id }) => id);
}

/** Tokens of prompt and answer together, at most; null when the config does not say. */
export function contextOf(config: ModelConfig): number | null {
  return config.text_config.max_position_embeddings ?? null;
}

/**
 * The length up to which a model's positions mean what they were first trained to mean (LongRoPE): of a longer text
 * every position means something else, so that none can grow past it. Infinity for models without such a length.
 */
export function nearLengthOf({ text_config: text }: ModelConfig): number {
  const rope = text.rope_parameters ?? text.rope_scaling;
  const length = rope?.original_max_position_embeddings ?? text.original_max_position_embeddings;
  return rope?.long_factor && length ? length : Number.POSITIVE_INFINITY;
}
