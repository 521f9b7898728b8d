/** What preprocessor_config.json says of images, for the kind of processor that LLaVA models have (CLIP's and SigLIP's). */
import { join } from 'node:path';
import { readJson } from '../model-config.ts';
import { isKnownFilter } from './resample.ts';

const FILE = 'preprocessor_config.json';
type Settings = Record<string, unknown>;

export interface ImageSettings {
  /** The exact size to resize to, or the length of the shorter edge; null leaves images as they are. */
  readonly size: Size | { readonly shortest_edge: number } | null;
  /** Pillow's number of the filter. */
  readonly resample: number;
  /** Of the middle of the resized image. */
  readonly crop: Size | null;
  /** What a grey level of 0 to 255 is multiplied by. */
  readonly scale: number;
  /** By channel, of the scaled levels. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size to which an image is resized. */
export function resizedSize({ size }: Pick<ImageSettings, 'size'>, { width, height }: Size): Size {
  if (!size) return { width, height };
  if ('width' in size) return size;
  const shorter = Math.min(width, height);
  const scaled = (edge: number) => Math.floor((size.shortest_edge * edge) / shorter);
  return { width: scaled(width), height: scaled(height) };
}

/** What is done to the pixels of an image, whatever its size becomes. */
export type PixelSettings = Pick<ImageSettings, 'resample' | 'scale' | 'mean' | 'std'>;

/** @throws Error whose message is one sentence, when images cannot be prepared as the file says */
export function readImageSettings(folder: string): ImageSettings {
  const path = join(folder, FILE);
  const refuse = refusal(path);
  const config = readJson(path) as Settings;
  for (const step of ['do_pad', 'do_thumbnail', 'do_image_splitting'])
    if (config[step] === true) refuse(step);
  return {
    ...readPixelSettings(folder),
    size:
      config.do_resize === false
        ? null
        : (sizeIn(config.size) ?? refuse(`the size ${JSON.stringify(config.size)}`)),
    crop:
      config.do_center_crop === true
        ? (squareOr(config.crop_size) ?? refuse(`the crop ${JSON.stringify(config.crop_size)}`))
        : null,
  };
}

/** The part for readers that choose the size of a picture by rules of their own. @throws Error whose message is one sentence */
export function readPixelSettings(folder: string): PixelSettings {
  const path = join(folder, FILE);
  const config = readJson(path) as Settings;
  if (config.do_flip_channel_order === true) refusal(path)('do_flip_channel_order');
  const resample = (config.resample as number | undefined) ?? 2;
  if (!isKnownFilter(resample)) refusal(path)(`the resampling filter ${resample}`);
  const normalizes = config.do_normalize === true;
  return {
    resample,
    scale: config.do_rescale === false ? 1 : ((config.rescale_factor as number | undefined) ?? 1 / 255),
    mean: normalizes ? (config.image_mean as number[]) : [0, 0, 0],
    std: normalizes ? (config.image_std as number[]) : [1, 1, 1],
  };
}

function refusal(path: string): (what: string) => never {
  return (what) => {
    throw new Error(`${path} asks for ${what}, which is not supported.`);
  };
}

function sizeIn(size: unknown): ImageSettings['size'] {
  const { shortest_edge } = (size ?? {}) as { shortest_edge?: unknown };
  return typeof shortest_edge === 'number' ? { shortest_edge } : squareOr(size);
}

function squareOr(size: unknown): Size | null {
  if (typeof size === 'number') return { width: size, height: size };
  const { width, height } = (size ?? {}) as { width?: unknown; height?: unknown };
  return typeof width === 'number' && typeof height === 'number' ? { width, height } : null;
}
