/** What preprocessor_config.json says of images, for the kind of processor that LLaVA models have (CLIP's and SigLIP's). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKnownFilter } from './resample.ts';

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

/** @throws Error whose message is one sentence, when images cannot be prepared as the file says */
export function readImageSettings(folder: string): ImageSettings {
  const path = join(folder, 'preprocessor_config.json');
  const refuse = (what: string): never => {
    throw new Error(`${path} asks for ${what}, which is not supported.`);
  };
  const config = parse(path);
  for (const step of ['do_pad', 'do_flip_channel_order', 'do_thumbnail', 'do_image_splitting']) {
    if (config[step] === true) refuse(step);
  }
  const resample = (config.resample as number | undefined) ?? 2;
  if (!isKnownFilter(resample)) refuse(`the resampling filter ${resample}`);
  const normalizes = config.do_normalize === true;
  return {
    size:
      config.do_resize === false
        ? null
        : (sizeIn(config.size) ?? refuse(`the size ${JSON.stringify(config.size)}`)),
    resample,
    crop:
      config.do_center_crop === true
        ? (squareOr(config.crop_size) ?? refuse(`the crop ${JSON.stringify(config.crop_size)}`))
        : null,
    scale: config.do_rescale === false ? 1 : ((config.rescale_factor as number | undefined) ?? 1 / 255),
    mean: normalizes ? (config.image_mean as number[]) : [0, 0, 0],
    std: normalizes ? (config.image_std as number[]) : [1, 1, 1],
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

function parse(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Error(`${path} is not JSON.`);
  }
}
