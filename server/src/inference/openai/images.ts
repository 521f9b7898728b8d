import { readFile } from 'node:fs/promises';
import { imageSize } from 'image-size';

/** What every server with images takes as it is. */
const TAKEN: Readonly<Record<string, string>> = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' };

/**
 * An image file as a data URL: its own bytes where servers take them, the first frame as PNG otherwise.
 * @param side longest side, in pixels; a larger image is made smaller. Absent: as it is
 * @throws Error whose message is one sentence
 */
export async function dataUrl(path: string, side?: number): Promise<string> {
  const bytes = await readFile(path).catch(() => {
    throw new Error(`The image ${path} cannot be read.`);
  });
  try {
    const { type = '', width, height, orientation = 1 } = imageSize(bytes);
    const taken = TAKEN[type];
    const isLarge = side !== undefined && Math.max(width, height) > side;
    if (taken && !isLarge && orientation === 1) return `data:${taken};base64,${bytes.toString('base64')}`;
    return `data:image/png;base64,${(await converted(bytes, isLarge ? side : undefined)).toString('base64')}`;
  } catch {
    throw new Error(`The image ${path} cannot be decoded.`);
  }
}

async function converted(bytes: Buffer, side: number | undefined): Promise<Buffer> {
  // Native code, and seldom needed: the server starts without it.
  const { default: sharp } = await import('sharp');
  const image = sharp(bytes).autoOrient();
  if (side !== undefined) image.resize({ width: side, height: side, fit: 'inside' });
  return image.png().toBuffer();
}
