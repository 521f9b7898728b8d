/** Idefics3 and SmolVLM: a picture as tiles, row by row, and once whole; marks between them name their places. */
import { join } from 'node:path';
import { readPixelSettings, type Size } from '../host/image-settings.ts';
import { normalise } from '../host/pixels.ts';
import { resample } from '../host/resample.ts';
import { readJson } from '../model-config.ts';
import { plainFeatures } from './plain.ts';
import { cut, stack } from './tiles.ts';
import { type Architecture, COUNTED } from './types.ts';

interface Settings {
  readonly size?: { readonly longest_edge?: number };
  readonly max_image_size?: { readonly longest_edge?: number };
  readonly do_image_splitting?: boolean;
}

/** Pixels of an edge at most, before a picture is cut. */
const LONGEST = 4096;

export const idefics3: Architecture = {
  imageReader(folder, config) {
    const levels = readPixelSettings(folder);
    const settings = readJson(join(folder, 'preprocessor_config.json')) as Settings;
    const side = settings.max_image_size?.longest_edge ?? 364;
    const longest = settings.size?.longest_edge ?? 4 * side;
    const splits = settings.do_image_splitting !== false;
    const { image_size: seen = side, patch_size: patch = 14 } = config.vision_config ?? {};
    const tokens = (seen / patch) ** 2 / (config.scale_factor ?? 2) ** 2;
    const fitted = (size: Size) => inMultiples(bounded(size, longest), side);
    /** None when the picture fits one tile. */
    const grid = (size: Size) => {
      const { width, height } = splits ? fitted(size) : { width: side, height: side };
      const isOne = width <= side && height <= side;
      return isOne ? { rows: 0, columns: 0 } : { rows: height / side, columns: width / side };
    };
    return {
      isBatched: false,
      prepare(image) {
        const first = bounded(image, longest);
        const small = resample(image, first.width, first.height, levels.resample);
        const second = splits ? inMultiples(first, side) : { width: side, height: side };
        const large = resample(small, second.width, second.height, levels.resample);
        const tiles = grid(image).rows > 0 ? cut(large, side, side) : [];
        const whole = resample(large, side, side, levels.resample);
        const { data, dims } = stack([...tiles, whole].map((tile) => normalise(tile, levels)));
        const [count = 1] = dims;
        return {
          pixel_values: { type: 'float32', data, dims: [1, ...dims] },
          pixel_attention_mask: {
            type: 'bool',
            data: new Uint8Array(count * side * side).fill(1),
            dims: [1, count, side, side],
          },
        };
      },
      features: plainFeatures,
      standing(size, encode) {
        const { rows, columns } = grid(size());
        const image = '<image>'.repeat(tokens);
        let text = '';
        for (let row = 1; row <= rows; row++) {
          for (let column = 1; column <= columns; column++)
            text += `<fake_token_around_image><row_${row}_col_${column}>${image}`;
          text += '\n';
        }
        if (rows > 0) text += '\n';
        return [...encode(`${text}<fake_token_around_image><global-img>${image}<fake_token_around_image>`)];
      },
      positions: () => COUNTED,
    };
  },
};

/** Resized so that the longer edge is `longest`, the other one even, and neither beyond the bound. */
function bounded({ width, height }: Size, longest: number): Size {
  const isWide = width >= height;
  const ratio = width / height;
  const other = Math.trunc(isWide ? longest / ratio : longest * ratio);
  const even = Math.max(1, other + (other % 2));
  if (longest <= LONGEST) return isWide ? { width: longest, height: even } : { width: even, height: longest };
  const shape = isWide ? longest / even : even / longest;
  const less = Math.max(1, Math.trunc(isWide ? LONGEST / shape : LONGEST * shape));
  return isWide ? { width: LONGEST, height: less } : { width: less, height: LONGEST };
}

/** Both edges to multiples of `side`, the longer one first. */
function inMultiples({ width, height }: Size, side: number): Size {
  const up = (edge: number) => Math.ceil(edge / side) * side;
  const ratio = width / height;
  if (width >= height) return { width: up(width), height: up(Math.trunc(up(width) / ratio)) };
  return { height: up(height), width: up(Math.trunc(up(height) * ratio)) };
}
