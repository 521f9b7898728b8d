/** How the models of an architecture read images: all that differs between them in a model host. */
import type { Size } from '../host/image-settings.ts';
import type { Bitmap } from '../host/resample.ts';
import type { ModelConfig } from '../model-config.ts';

/** A tensor's values. This code runs in the server too, where ONNX Runtime is never loaded. */
export interface Values {
  readonly type: 'float32' | 'int64' | 'bool';
  readonly data: Float32Array | BigInt64Array | Uint8Array;
  readonly dims: readonly number[];
}

export type NamedValues = Readonly<Record<string, Values>>;

/** What one image gives the decoder: `count` embeddings. */
export interface Features {
  readonly data: Float32Array;
  readonly count: number;
  /** Of the image, in its file. */
  readonly size: Size;
}

/** Where a prompt's tokens stand for the decoder, and those written after them. */
export interface Positions {
  /** Of each token along each axis; null counts from `shift`. */
  readonly prompt: readonly (readonly number[])[] | null;
  /** What is added to the number of a token that is not in `prompt`. */
  readonly shift: number;
}

export const COUNTED: Positions = { prompt: null, shift: 0 };

export interface ImageReader {
  /** Images whose inputs have the same shapes go through the vision encoder together, along the first dimension. */
  readonly isBatched: boolean;
  /** The vision encoder's inputs for one image. */
  prepare(image: Bitmap): NamedValues;
  /** What the encoder's outputs for one image give the decoder. */
  features(outputs: NamedValues, size: Size): Features;
  /**
   * The tokens that stand for an image in the prompt.
   * @param size asked for where it matters: the image may not be there
   * @param encode text to tokens
   * @param count features that the image has, when that is known already
   * @throws Error whose message is one sentence
   */
  standing(size: () => Size, encode: (text: string) => readonly number[], count: number | null): number[];
  /** @param sizes of the prompt's images */
  positions(ids: readonly number[], sizes: readonly Size[]): Positions;
}

/** What a model's three graphs are called. */
export interface Graphs {
  readonly embed: string;
  readonly vision: string;
  readonly decoder: string;
}

/** How images stand in the text of a prompt, where chat templates take text alone. */
export interface ImageMarks {
  /** What stands for the `number`-th image, from 1. */
  write(number: number): string;
  /** Finds the marks; absent where they are the image token as it is spelt. */
  readonly pattern?: RegExp;
}

export interface Architecture {
  /** A prompt's tokens see each other, not only those before. */
  readonly readsBothWays?: boolean;
  /** Absent: as LLaVA's are called. */
  readonly graphs?: Graphs;
  /** How the image token is spelt; looked up where config.json does not name its number. */
  readonly imageToken?: string;
  /** How tokens are spelt that end turns in its chat template; published folders may not name them. */
  readonly ends?: readonly string[];
  /** Absent: chat templates are given images as parts, and write their tokens. */
  readonly imageMarks?: ImageMarks;
  /** @throws Error whose message is one sentence, when the folder's settings cannot be followed */
  imageReader(folder: string, config: ModelConfig): ImageReader;
}
