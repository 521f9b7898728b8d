/** Grey levels to what a vision encoder takes. */
import type { ImageSettings } from './image-settings.ts';
import type { Bitmap } from './resample.ts';

export interface Pixels {
  /** Channel by channel, row by row. */
  readonly data: Float32Array;
  /** [channels, height, width] */
  readonly shape: readonly number[];
}

/** Crops the middle (black beyond the edges) and gives each channel's levels their normalised value. */
export function normalise(
  image: Bitmap,
  {
    crop = null,
    scale,
    mean,
    std,
  }: Pick<ImageSettings, 'scale' | 'mean' | 'std'> & Partial<Pick<ImageSettings, 'crop'>>,
): Pixels {
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
