/** Image files. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { reasonOf } from './reason.ts';
import type { Bitmap } from './resample.ts';

// Each image is decoded once: a cache would only make decoders wait for each other.
sharp.cache(false);

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
 * Decodes an image. What else is done to it is done by its reader (../architectures), as the Python processors do it:
 * transformers.js does not antialias when it resizes.
 * @throws Error whose message is one sentence naming `path`
 */
export async function bitmapOf({ bytes }: ImageFile, path: string): Promise<Bitmap> {
  return decode(bytes).catch((error: unknown) => {
    throw new Error(`The image ${path} cannot be decoded: ${reasonOf(error)}`);
  });
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
