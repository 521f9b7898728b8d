import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageSize } from 'image-size';
import type { TokenCount, TokenCounter } from '../../core/models/types.ts';
import type { Message } from '../../core/prompts/types.ts';
import { ChatTokenizer } from './chat-tokenizer.ts';
import { type ImageSettings, readImageSettings, resizedSize, type Size } from './host/image-settings.ts';
import { contextOf, imageTokenOf, type ModelConfig, readModelConfig } from './model-files.ts';

/** What processor_config.json says of how an image becomes tokens. */
interface Patches {
  readonly patch_size?: number;
  readonly num_additional_image_tokens?: number;
  readonly vision_feature_select_strategy?: string;
}

/** Counts what a model folder would be shown, by its tokenizer, its chat template and its processor's settings. */
export class OnnxTokenCounter implements TokenCounter {
  readonly context: number | null;
  private readonly tokenizer: ChatTokenizer;
  private readonly config: ModelConfig;
  private readonly imageToken: number;
  private readonly images: ImageSettings;
  private readonly patches: Patches;
  private readonly folder: string;

  /** @throws Error whose message is one sentence */
  constructor(folder: string) {
    this.folder = folder;
    this.config = readModelConfig(folder);
    this.context = contextOf(this.config);
    this.imageToken = imageTokenOf(this.config, folder);
    this.tokenizer = new ChatTokenizer(folder);
    this.images = readImageSettings(folder);
    this.patches = readPatches(folder);
  }

  count(messages: readonly Message[]): TokenCount {
    const { ids, images } = this.tokenizer.tokenize(messages, this.imageToken);
    const image = images.reduce((sum, path) => sum + this.imageTokens(path), 0);
    return { total: ids.length - images.length + image, image };
  }

  /** As transformers' LlavaProcessor counts them; a model that tells no size of its patches tells their number. */
  private imageTokens(path: string): number {
    const { patch_size: patch, num_additional_image_tokens: more = 0 } = this.patches;
    if (patch === undefined) {
      const { image_seq_length: count } = this.config;
      if (count !== undefined) return count;
      throw new Error(
        `${this.folder} does not say how many tokens an image takes (patch_size in processor_config.json).`,
      );
    }
    const { width, height } = this.images.crop ?? this.resizedSize(path);
    const isDefault = this.patches.vision_feature_select_strategy === 'default';
    return Math.floor(height / patch) * Math.floor(width / patch) + more - Number(isDefault);
  }

  private resizedSize(path: string): Size {
    const { size } = this.images;
    if (size && 'width' in size) return size;
    try {
      return resizedSize(this.images, imageSize(readFileSync(path)));
    } catch {
      throw new Error(`The image ${path} cannot be read.`);
    }
  }
}

function readPatches(folder: string): Patches {
  const path = join(folder, 'processor_config.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // Older folders have none.
    return {};
  }
  try {
    return (JSON.parse(text) ?? {}) as Patches;
  } catch {
    throw new Error(`${path} is not JSON.`);
  }
}
