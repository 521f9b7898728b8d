/** LLaVA-NeXT and LLaVA-OneVision: a picture whole, then its tiles laid out as one picture, without the padding, line by line. */
import { join } from 'node:path';
import { readPixelSettings, type Size } from '../host/image-settings.ts';
import { normalise } from '../host/pixels.ts';
import { type Bitmap, resample } from '../host/resample.ts';
import { imageTokenOf, readJson } from '../model-config.ts';
import { type Lattice, shrink, window } from './lattice.ts';
import { cut, stack } from './tiles.ts';
import { type Architecture, COUNTED, type Features, type NamedValues } from './types.ts';

interface Settings {
  readonly image_grid_pinpoints?: readonly (readonly [number, number])[];
}

/** A picture is shrunk when it has so many times the lines that are allowed. */
const SHRUNK_FROM = 1.1;

export const llavaNext: Architecture = {
  imageReader(folder, config) {
    const levels = readPixelSettings(folder);
    const path = join(folder, 'preprocessor_config.json');
    const { image_grid_pinpoints: shapes = config.image_grid_pinpoints } = readJson(path) as Settings;
    const { image_size: side, patch_size: patch } = config.vision_config ?? {};
    if (!shapes?.length || !side || !patch)
      throw new Error(
        `${folder} does not say how pictures are cut (image_grid_pinpoints, image_size, patch_size).`,
      );
    const imageToken = imageTokenOf(config, folder);
    const patches = side / patch;
    const most = Number(
      config.vision_aspect_ratio?.match(/^anyres_max_(\d+)$/)?.[1] ?? Number.POSITIVE_INFINITY,
    );
    /** What of the tiles' patches shows the picture, and to what size that is shrunk. */
    const layout = (size: Size) => {
      const { width, height } = bestShape(size, shapes);
      const [columns, rows] = [width / side, height / side];
      const shown = unpadded(size, { width: columns * patches, height: rows * patches });
      const ratio = Math.sqrt((shown.width * shown.height) / (most * patches ** 2));
      const target =
        ratio > SHRUNK_FROM
          ? { width: Math.floor(shown.width / ratio), height: Math.floor(shown.height / ratio) }
          : shown;
      return { columns, shown, target };
    };
    return {
      isBatched: false,
      prepare(image) {
        const padded = fitted(image, bestShape(image, shapes), levels.resample);
        const tiles = [resample(image, side, side, levels.resample), ...cut(padded, side, side)];
        return { pixel_values: stack(tiles.map((tile) => normalise(tile, levels))) };
      },
      features(outputs, size) {
        const { columns, shown, target } = layout(size);
        return packed(outputs, size, patches, columns, shown, target);
      },
      standing(size) {
        const { target } = layout(size());
        return Array(patches ** 2 + (target.width + 1) * target.height).fill(imageToken);
      },
      positions: () => COUNTED,
    };
  },
};

/** Of the shapes that a picture may be cut from, [height, width] each: the one that shows most of it and wastes least. */
function bestShape({ width, height }: Size, shapes: readonly (readonly [number, number])[]): Size {
  let best: Size = { width, height };
  let [mostShown, leastWasted] = [0, Number.POSITIVE_INFINITY];
  for (const [h, w] of shapes) {
    const scale = Math.min(w / width, h / height);
    const shown = Math.min(Math.trunc(width * scale) * Math.trunc(height * scale), width * height);
    const wasted = w * h - shown;
    if (shown > mostShown || (shown === mostShown && wasted < leastWasted)) {
      [mostShown, leastWasted] = [shown, wasted];
      best = { width: w, height: h };
    }
  }
  return best;
}

/** Resized to fit into the size and set in its middle, on black. */
function fitted(image: Bitmap, { width, height }: Size, filter: number): Bitmap {
  const [across, down] = [width / image.width, height / image.height];
  const inner =
    across < down
      ? { width, height: Math.min(Math.ceil(image.height * across), height) }
      : { width: Math.min(Math.ceil(image.width * down), width), height };
  const small = resample(image, inner.width, inner.height, filter);
  const { channels } = image;
  const data = new Uint8ClampedArray(width * height * channels);
  const left = Math.floor((width - inner.width) / 2);
  const top = Math.floor((height - inner.height) / 2);
  for (let y = 0; y < inner.height; y++) {
    const line = small.data.subarray(y * inner.width * channels, (y + 1) * inner.width * channels);
    data.set(line, ((top + y) * width + left) * channels);
  }
  return { data, width, height, channels };
}

/** The part of a lattice of patches that the picture covers. */
function unpadded(size: Size, { width, height }: Size): Size {
  const whole = (value: number) => Math.trunc(Number(value.toFixed(7)));
  if (size.width / size.height > width / height) {
    const padding = Math.floor((height - whole(size.height * (width / size.width))) / 2);
    return { width, height: height - 2 * padding };
  }
  const padding = Math.floor((width - whole(size.width * (height / size.height))) / 2);
  return { width: width - 2 * padding, height };
}

/** The whole picture's features, then those of the tiles line by line, each line ending with the newline's. */
function packed(
  { image_features, image_newline }: NamedValues,
  size: Size,
  patches: number,
  columns: number,
  shown: Size,
  target: Size,
): Features {
  const width = image_features?.dims.at(-1) ?? 1;
  const values = image_features?.data as Float32Array;
  const newline = image_newline?.data as Float32Array;
  const whole = patches ** 2 * width;
  const rows = (values.length / whole - 1) / columns;
  const lattice: Lattice = {
    width: columns * patches,
    height: rows * patches,
    depth: width,
    at: (x, y) => {
      const tile = 1 + Math.floor(y / patches) * columns + Math.floor(x / patches);
      return values.subarray((tile * patches ** 2 + (y % patches) * patches + (x % patches)) * width);
    },
  };
  const lines = shrink(window(lattice, shown), target);
  const count = patches ** 2 + (target.width + 1) * target.height;
  const data = new Float32Array(count * width);
  data.set(values.subarray(0, whole));
  let to = whole;
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++, to += width) data.set(lines.at(x, y).subarray(0, width), to);
    data.set(newline, to);
    to += width;
  }
  return { data, count, size };
}
