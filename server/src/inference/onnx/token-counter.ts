import { readFileSync } from 'node:fs';
import { imageSize } from 'image-size';
import type { TokenCount, TokenCounter } from '../../core/models/types.ts';
import type { Message } from '../../core/prompts/types.ts';
import type { ImageReader } from './architectures/types.ts';
import { ChatTokenizer } from './chat-tokenizer.ts';
import type { Size } from './host/image-settings.ts';
import { contextOf, imageTokenOf } from './model-config.ts';
import { architectureOf, readModelConfig } from './model-files.ts';

/** Counts what a model folder would be shown, by its tokenizer, its chat template and its processor's settings. */
export class OnnxTokenCounter implements TokenCounter {
  readonly context: number | null;
  private readonly tokenizer: ChatTokenizer;
  private readonly imageToken: number;
  private readonly images: ImageReader;

  /** @throws Error whose message is one sentence */
  constructor(folder: string) {
    const config = readModelConfig(folder);
    this.context = contextOf(config);
    const { imageMarks, imageReader, imageToken } = architectureOf(config);
    this.imageToken = imageTokenOf(config, folder, imageToken);
    this.tokenizer = new ChatTokenizer(folder, imageMarks);
    this.images = imageReader(folder, config);
  }

  count(messages: readonly Message[]): TokenCount {
    const { ids, images } = this.tokenizer.tokenize(messages, this.imageToken);
    const image = images.reduce((sum, path) => sum + this.imageTokens(path), 0);
    return { total: ids.length - images.length + image, image };
  }

  private imageTokens(path: string): number {
    return this.images.standing(
      () => sizeOf(path),
      (text) => this.tokenizer.encode(text),
      null,
    ).length;
  }
}

function sizeOf(path: string): Size {
  try {
    return imageSize(readFileSync(path));
  } catch {
    throw new Error(`The image ${path} cannot be read.`);
  }
}
