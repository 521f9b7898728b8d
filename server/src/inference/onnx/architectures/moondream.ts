/** Moondream 2 of 2024: a picture whole, and a large one in crops beside it, as one square of tokens. */
import { readImageSettings, type Size } from '../host/image-settings.ts';
import { normalise, type Pixels } from '../host/pixels.ts';
import { resample } from '../host/resample.ts';
import { imageTokenOf } from '../model-config.ts';
import { plainFeatures } from './plain.ts';
import { cut, stack } from './tiles.ts';
import { type Architecture, COUNTED, type Values } from './types.ts';

/** A picture whose longer edge is shorter than so many of its squares is seen whole alone. */
const CROPPED_FROM = 512 / 378;
/** Rows and columns of crops. */
const SHAPES = [
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 2],
] as const;

export const moondream: Architecture = {
  imageReader(folder, config) {
    const settings = readImageSettings(folder);
    const { image_size: side, patch_size: patch } = config.vision_config ?? {};
    if (!side || !patch)
      throw new Error(
        `config.json in ${folder} does not say how large pictures are (image_size, patch_size).`,
      );
    const imageToken = imageTokenOf(config, folder);
    const grid = (size: Size) => (config.crops === false ? ([0, 0] as const) : crops(size, side));
    return {
      isBatched: false,
      prepare(image) {
        const [rows, columns] = grid(image);
        const [down, across] = [Math.max(rows, 1), Math.max(columns, 1)];
        const large = resample(image, side * across, side * down, settings.resample);
        const tiles = rows > 0 ? cut(large, side, side).map((tile) => normalise(tile, settings)) : [];
        const whole = averaged(normalise(large, settings), down, across);
        return { pixel_values: stack([whole, ...tiles]), sources: sources(side / patch, rows, columns) };
      },
      features: plainFeatures,
      standing: () => Array((side / patch) ** 2).fill(imageToken),
      positions: () => COUNTED,
    };
  },
};

/** Rows and columns of a picture's crops; none when it is seen whole alone. */
function crops({ width, height }: Size, side: number): readonly [number, number] {
  if (Math.max(width, height) < CROPPED_FROM * side) return [0, 0];
  const unlike = ([rows, columns]: readonly [number, number]) =>
    [
      Math.abs(columns / rows - width / height),
      Math.abs(rows * side - width) + Math.abs(columns * side - height),
    ] as const;
  let best: readonly [number, number] = SHAPES[0];
  for (const shape of SHAPES) {
    const [ratio, size] = unlike(shape);
    const [leastRatio, leastSize] = unlike(best);
    if (ratio < leastRatio || (ratio === leastRatio && size < leastSize)) best = shape;
  }
  return best[0] * best[1] === 1 ? [0, 0] : best;
}

/** Shrunk by whole factors: each pixel the mean of those in its place. */
function averaged({ data, shape }: Pixels, down: number, across: number): Pixels {
  const [channels = 3, height = 0, width = 0] = shape;
  const [h, w] = [height / down, width / across];
  const found = new Float32Array(channels * h * w);
  for (let i = 0; i < found.length; i++) {
    const [x, y, channel] = [i % w, Math.floor(i / w) % h, Math.floor(i / (w * h))];
    let sum = 0;
    for (let dy = 0; dy < down; dy++)
      for (let dx = 0; dx < across; dx++)
        sum += data[(channel * height + y * down + dy) * width + x * across + dx] as number;
    found[i] = sum / (down * across);
  }
  return { data: found, shape: [channels, h, w] };
}

/** For each patch of the whole: the four places among all tiles' patches whose mean stands beside it. */
function sources(side: number, rows: number, columns: number): Values {
  const data = new BigInt64Array(4 * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let i = 0; i < 4; i++) {
        let place = y * side + x;
        if (rows > 0) {
          const cy = y * rows + (Math.floor(i / 2) % rows);
          const cx = x * columns + ((i % 2) % columns);
          const crop = 1 + Math.floor(cy / side) * columns + Math.floor(cx / side);
          place = (crop * side + (cy % side)) * side + (cx % side);
        }
        data[4 * (y * side + x) + i] = BigInt(place);
      }
    }
  }
  return { type: 'int64', data, dims: [side * side, 4] };
}
