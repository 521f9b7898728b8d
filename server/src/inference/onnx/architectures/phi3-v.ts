/** Phi-3-vision and Phi-3.5-vision: a picture cut into crops, laid out as one picture line by line, and once whole. */
import { join } from 'node:path';
import type { Size } from '../host/image-settings.ts';
import { normalise, type Pixels } from '../host/pixels.ts';
import { type Bitmap, resample, transpose } from '../host/resample.ts';
import { imageTokenOf, readJson } from '../model-config.ts';
import { plainFeatures } from './plain.ts';
import { cut, stack } from './tiles.ts';
import { type Architecture, COUNTED } from './types.ts';

interface Settings {
  readonly num_crops?: number;
  readonly image_mean?: readonly number[];
  readonly image_std?: readonly number[];
}

/** Of CLIP, which published folders do not describe. */
const CLIP = { image_size: 336, patch_size: 14 };
const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073];
const CLIP_STD = [0.26862954, 0.26130258, 0.27577711];
const BILINEAR = 2;
const IMAGE = '<|image|>';

export const phi3V: Architecture = {
  graphs: { embed: 'prepare_inputs_embeds', vision: 'vision_encoder', decoder: 'model' },
  imageToken: IMAGE,
  ends: ['<|end|>'],
  imageMarks: { write: (number) => `<|image_${number}|>\n`, pattern: /<\|image_\d+\|>/ },
  imageReader(folder, config) {
    const path = join(folder, 'preprocessor_config.json');
    const { num_crops: most, image_mean = CLIP_MEAN, image_std = CLIP_STD } = readJson(path) as Settings;
    if (!most) throw new Error(`${path} does not say into how many crops a picture is cut (num_crops).`);
    const levels = { scale: 1 / 255, mean: image_mean, std: image_std };
    const { image_size: side = CLIP.image_size, patch_size: patch = CLIP.patch_size } =
      config.vision_config ?? {};
    const imageToken = imageTokenOf(config, folder, IMAGE);
    /** Tokens along an edge of a crop: four patches are one. */
    const edge = side / patch / 2;
    return {
      isBatched: false,
      prepare(image) {
        const { rows, columns, inner } = cropsOf(image, most, side);
        const large = padded(image, inner, { width: columns * side, height: rows * side });
        const whole = shrunk(normalise(large, levels), rows, columns);
        const crops = cut(large, side, side).map((crop) => normalise(crop, levels));
        const { data, dims } = stack([whole, ...crops]);
        const size = [BigInt(large.height), BigInt(large.width)];
        return {
          pixel_values: { type: 'float32', data, dims: [1, ...dims] },
          image_sizes: { type: 'int64', data: BigInt64Array.from(size), dims: [1, 2] },
        };
      },
      features: plainFeatures,
      standing(size) {
        const { rows, columns } = cropsOf(size(), most, side);
        // Each line of crops and whole ends with a mark, and between the two stands another.
        const tokens = (rows * columns + 1) * edge ** 2 + (rows + 1) * edge + 1;
        return Array(tokens).fill(imageToken);
      },
      positions: () => COUNTED,
    };
  },
};

interface Crops {
  readonly rows: number;
  readonly columns: number;
  /** To which the picture is resized, within the crops. */
  readonly inner: Size;
}

/** As many crops as are allowed along the longer edge, and along the other what the picture's shape asks for. */
function cropsOf({ width, height }: Size, most: number, side: number): Crops {
  const ratio = Math.max(width, height) / Math.min(width, height);
  let along = 1;
  while ((along + 1) * Math.ceil((along + 1) / ratio) <= most) along++;
  const longer = along * side;
  const shorter = Math.max(1, Math.trunc(longer / ratio));
  const across = Math.ceil(shorter / side);
  return width < height
    ? { rows: along, columns: across, inner: { width: shorter, height: longer } }
    : { rows: across, columns: along, inner: { width: longer, height: shorter } };
}

/** Resized to `inner` and set in the middle of a white picture. A tall one lies on its side meanwhile. */
function padded(image: Bitmap, inner: Size, size: Size): Bitmap {
  if (image.width < image.height) {
    const turned = (one: Size) => ({ width: one.height, height: one.width });
    return transpose(padded(transpose(image), turned(inner), turned(size)));
  }
  const small = resample(image, inner.width, inner.height, BILINEAR);
  const data = new Uint8ClampedArray(size.width * size.height * image.channels).fill(255);
  const top = Math.trunc((size.height - inner.height) / 2);
  data.set(small.data, top * size.width * image.channels);
  return { data, ...size, channels: image.channels };
}

/** Keys' cubic convolution with a = -0.75, at distances of a half and one and a half. */
const [NEAR, FAR] = [0.59375, -0.09375];

/** Shrunk by whole factors as PyTorch interpolates bicubically: four pixels in the middle of those in each place, or the one there. */
function shrunk({ data, shape }: Pixels, down: number, across: number): Pixels {
  const [channels = 3, height = 0, width = 0] = shape;
  const [h, w] = [height / down, width / across];
  const [lines, columns] = [taps(h, down), taps(w, across)];
  const found = new Float32Array(channels * h * w);
  for (let i = 0; i < found.length; i++) {
    const [x, y, channel] = [i % w, Math.floor(i / w) % h, Math.floor(i / (w * h))];
    let sum = 0;
    for (const [line, share] of lines[y] ?? []) {
      const start = (channel * height + line) * width;
      let along = 0;
      for (const [column, weight] of columns[x] ?? []) along += weight * (data[start + column] as number);
      sum += share * along;
    }
    found[i] = sum;
  }
  return { data: found, shape: [channels, h, w] };
}

/** For each new place the old ones that it is made of, and how much of each. */
function taps(length: number, factor: number): (readonly [place: number, weight: number])[][] {
  return Array.from({ length }, (_, i) => {
    const middle = i * factor + Math.floor((factor - 1) / 2);
    if (factor % 2 === 1) return [[middle, 1]];
    return [FAR, NEAR, NEAR, FAR].map((weight, n) => {
      const place = Math.min(Math.max(middle + n - 1, 0), length * factor - 1);
      return [place, weight] as const;
    });
  });
}
