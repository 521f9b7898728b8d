/** Qwen2-VL and Qwen2.5-VL: a picture keeps its shape as a grid of tokens, and every token has a place in time, height and width. */
import { join } from 'node:path';
import { readPixelSettings, type Size } from '../host/image-settings.ts';
import { normalise, type Pixels } from '../host/pixels.ts';
import { resample } from '../host/resample.ts';
import { imageTokenOf, readJson } from '../model-config.ts';
import { plainFeatures } from './plain.ts';
import type { Architecture, Positions } from './types.ts';

interface Settings {
  readonly patch_size?: number;
  readonly merge_size?: number;
  readonly temporal_patch_size?: number;
  readonly min_pixels?: number;
  readonly max_pixels?: number;
  readonly size?: { readonly shortest_edge?: number; readonly longest_edge?: number };
}

export const qwen2Vl: Architecture = {
  imageReader(folder, config) {
    const levels = readPixelSettings(folder);
    const settings = readJson(join(folder, 'preprocessor_config.json')) as Settings;
    const { patch_size: patch = 14, merge_size: merge = 2, temporal_patch_size: frames = 2 } = settings;
    const least = settings.size?.shortest_edge ?? settings.min_pixels ?? 56 * 56;
    const most = settings.size?.longest_edge ?? settings.max_pixels ?? 28 * 28 * 1280;
    const imageToken = imageTokenOf(config, folder);
    const target = (size: Size) => resizedToMultiples(size, patch * merge, least, most);
    const grid = (size: Size) => {
      const { width, height } = target(size);
      return { rows: height / patch / merge, columns: width / patch / merge };
    };
    return {
      isBatched: false,
      prepare(image) {
        const { width, height } = target(image);
        const pixels = normalise(resample(image, width, height, levels.resample), levels);
        const shape = [1n, BigInt(height / patch), BigInt(width / patch)];
        const grid = { type: 'int64', data: BigInt64Array.from(shape), dims: [1, 3] } as const;
        // The graphs of either take one of the two.
        return {
          pixel_values: patches(pixels, patch, merge, frames),
          grid_thw: grid,
          image_grid_thw: grid,
        };
      },
      features: plainFeatures,
      standing(size) {
        const { rows, columns } = grid(size());
        return Array(rows * columns).fill(imageToken);
      },
      positions: (ids, sizes) => gridPositions(ids, imageToken, sizes.map(grid)),
    };
  },
};

/** The size nearest to the picture's shape whose edges are multiples of `factor` and whose area is within bounds. */
function resizedToMultiples({ width, height }: Size, factor: number, least: number, most: number): Size {
  const nearest = (edge: number) => roundHalfEven(edge / factor) * factor;
  const [h, w] = [nearest(height), nearest(width)];
  if (h * w > most) {
    const shrink = Math.sqrt((height * width) / most);
    const below = (edge: number) => Math.max(factor, Math.floor(edge / shrink / factor) * factor);
    return { height: below(height), width: below(width) };
  }
  if (h * w < least) {
    const stretch = Math.sqrt(least / (height * width));
    const above = (edge: number) => Math.ceil((edge * stretch) / factor) * factor;
    return { height: above(height), width: above(width) };
  }
  return { height: h, width: w };
}

/** As Python rounds. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** One row a patch, patches in squares of merge · merge, the picture repeated for every frame. */
function patches({ data, shape }: Pixels, patch: number, merge: number, frames: number) {
  const [channels = 3, height = 0, width = 0] = shape;
  const [rows, columns] = [height / patch, width / patch];
  const size = channels * frames * patch * patch;
  const found = new Float32Array(rows * columns * size);
  let to = 0;
  for (let square = 0; square < (rows / merge) * (columns / merge); square++) {
    for (let within = 0; within < merge * merge; within++) {
      const across = columns / merge;
      const row = Math.floor(square / across) * merge + Math.floor(within / merge);
      const column = (square % across) * merge + (within % merge);
      for (let channel = 0; channel < channels; channel++) {
        for (let frame = 0; frame < frames; frame++) {
          for (let y = 0; y < patch; y++, to += patch) {
            const from = (channel * height + row * patch + y) * width + column * patch;
            found.set(data.subarray(from, from + patch), to);
          }
        }
      }
    }
  }
  return { type: 'float32', data: found, dims: [rows * columns, size] } as const;
}

interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** Text counts on along all three axes; a picture's tokens share a time and differ in row and column. */
function gridPositions(ids: readonly number[], imageToken: number, grids: readonly Grid[]): Positions {
  const axes: [number[], number[], number[]] = [[], [], []];
  let place = 0;
  let image = 0;
  while (axes[0].length < ids.length) {
    const grid = ids[axes[0].length] === imageToken ? grids[image++] : undefined;
    if (!grid) {
      for (const axis of axes) axis.push(place);
      place++;
      continue;
    }
    for (let row = 0; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++) {
        axes[0].push(place);
        axes[1].push(place + row);
        axes[2].push(place + column);
      }
    }
    place += Math.max(grid.rows, grid.columns);
  }
  return { prompt: axes, shift: place - ids.length };
}
