/** Pictures in pieces. */
import type { Pixels } from '../host/pixels.ts';
import type { Bitmap } from '../host/resample.ts';
import type { Values } from './types.ts';

/** The pieces of a picture whose edges are multiples of theirs, row by row. */
export function cut(image: Bitmap, width: number, height: number): Bitmap[] {
  const tiles: Bitmap[] = [];
  for (let top = 0; top < image.height; top += height) {
    for (let left = 0; left < image.width; left += width) {
      const data = new Uint8ClampedArray(width * height * image.channels);
      for (let y = 0; y < height; y++) {
        const from = ((top + y) * image.width + left) * image.channels;
        data.set(image.data.subarray(from, from + width * image.channels), y * width * image.channels);
      }
      tiles.push({ data, width, height, channels: image.channels });
    }
  }
  return tiles;
}

/** Pixels of one shape, one after the other: [tiles, channels, height, width]. */
export function stack(tiles: readonly Pixels[]): Values {
  const size = tiles[0]?.data.length ?? 0;
  const data = new Float32Array(tiles.length * size);
  tiles.forEach((tile, i) => {
    data.set(tile.data, i * size);
  });
  return { type: 'float32', data, dims: [tiles.length, ...(tiles[0]?.shape ?? [])] };
}
