/** Images as the vision encoder expects them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { ImageSettings } from './image-settings.ts';
import { reasonOf } from './reason.ts';
import { type Bitmap, resample } from './resample.ts';

export interface Pixels {
  /** Channel by channel, row by row. */
  readonly data: Float32Array;
  /** [channels, height, width] */
  readonly shape: readonly number[];
}

export interface ImageFile {
  readonly bytes: Buffer;
  /** Content address. */
  readonly digest: string;
}

/** @throws Error whose message is one sentence */
export async function readImageFile(path: string): Promise<ImageFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    throw new Error(`The image ${path} cannot be read.`);
  }
  return { bytes, digest: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * Decodes, resizes, crops and normalises an image, as the Python processors do. All but the decoding is done here:
 * transformers.js does not antialias when it resizes.
 * @throws Error whose message is one sentence naming `path`
 */
export async function pixelsOf({ bytes }: ImageFile, path: string, settings: ImageSettings): Promise<Pixels> {
  const image = await decode(bytes).catch((error: unknown) => {
    throw new Error(`The image ${path} cannot be decoded: ${reasonOf(error)}`);
  });
  return normalise(resized(image, settings), settings);
}

/** RGB without alpha, as Pillow's `convert("RGB")` gives it: no colour management, no turning. */
async function decode(bytes: Buffer): Promise<Bitmap> {
  const { data, info } = await sharp(bytes, { ignoreIcc: true })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 3 };
}

function resized(image: Bitmap, { size, resample: filter }: ImageSettings): Bitmap {
  if (!size) return image;
  if ('width' in size) return resample(image, size.width, size.height, filter);
  const { width, height } = image;
  const shorter = Math.min(width, height);
  const scaled = (edge: number) => Math.floor((size.shortest_edge * edge) / shorter);
  return resample(image, scaled(width), scaled(height), filter);
}

/** Crops the middle (black beyond the edges) and gives each channel's levels their normalised value. */
export function normalise(image: Bitmap, { crop, scale, mean, std }: ImageSettings): Pixels {
  const { width, height } = crop ?? image;
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  const data = new Float32Array(3 * width * height);
  for (let channel = 0; channel < 3; channel++) {
    const values = Float32Array.from(
      { length: 256 },
      (_, level) => (Math.fround(level * scale) - mean[channel]!) / std[channel]!,
    );
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const column = x + left;
        const row = y + top;
        const inside = column >= 0 && column < image.width && row >= 0 && row < image.height;
        const level = inside ? image.data[(row * image.width + column) * 3 + channel]! : 0;
        data[(channel * height + y) * width + x] = values[level]!;
      }
    }
  }
  return { data, shape: [3, height, width] };
}
