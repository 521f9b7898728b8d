/** Images as the vision encoder expects them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { type ImageSettings, resizedSize } from './image-settings.ts';
import { reasonOf } from './reason.ts';
import { type Bitmap, resample } from './resample.ts';

// Each image is decoded once: a cache would only make decoders wait for each other.
sharp.cache(false);

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

function resized(image: Bitmap, settings: ImageSettings): Bitmap {
  const { width, height } = resizedSize(settings, image);
  return resample(image, width, height, settings.resample);
}

/** Crops the middle (black beyond the edges) and gives each channel's levels their normalised value. */
export function normalise(image: Bitmap, { crop, scale, mean, std }: ImageSettings): Pixels {
  const { width, height } = crop ?? image;
  const { data: levels } = image;
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  const area = width * height;
  const data = new Float32Array(3 * area);
  const [red, green, blue] = [0, 1, 2].map((channel) =>
    Float32Array.from(
      { length: 256 },
      (_, level) => (Math.fround(level * scale) - mean[channel]!) / std[channel]!,
    ),
  ) as [Float32Array, Float32Array, Float32Array];
  [red, green, blue].forEach(([black = 0], channel) => {
    data.fill(black, channel * area, (channel + 1) * area);
  });
  const bottom = Math.min(height, image.height - top);
  const right = Math.min(width, image.width - left);
  for (let y = Math.max(0, -top); y < bottom; y++) {
    for (let x = Math.max(0, -left); x < right; x++) {
      const from = ((y + top) * image.width + x + left) * 3;
      const to = y * width + x;
      data[to] = red[levels[from]!]!;
      data[to + area] = green[levels[from + 1]!]!;
      data[to + 2 * area] = blue[levels[from + 2]!]!;
    }
  }
  return { data, shape: [3, height, width] };
}
