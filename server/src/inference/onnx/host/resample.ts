/**
 * Pillow's `Image.resize` for 8-bit pixels, to the bit: what the model saw when it was trained is what it sees here.
 * sharp's resize comes close when it shrinks, but shifts the picture by a part of a pixel when it enlarges.
 * After Pillow's Resample.c (precompute_coeffs, normalize_coeffs_8bpc, ImagingResampleHorizontal_8bpc).
 */

interface Filter {
  /** Half the width of the filter, in source pixels when enlarging. */
  readonly support: number;
  weight(distance: number): number;
}

export interface Bitmap {
  /** Row by row, `channels` values a pixel. */
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** Pillow counts with weights of this many binary places. */
const PRECISION = 2 ** 22;

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** By Pillow's number (transformers' `resample`); 0, the nearest pixel, is no filter. */
const FILTERS: Readonly<Record<number, Filter>> = {
  1: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
  2: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  3: { support: 2, weight: bicubic },
  4: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  5: { support: 1, weight: hamming },
};

export function isKnownFilter(resample: number): boolean {
  return resample === 0 || resample in FILTERS;
}

/** Resizes to exactly this size with Pillow's filter of this number, 0 to 5. */
export function resample(image: Bitmap, width: number, height: number, number: number): Bitmap {
  if (image.width === width && image.height === height) return image;
  const filter = FILTERS[number];
  if (!filter) return nearest(image, width, height);
  const across = (one: Bitmap) => transpose(stretchColumns(transpose(one), width, filter));
  const down = (one: Bitmap) => stretchColumns(one, height, filter);
  return isDownFirst(image, width, height) ? across(down(image)) : down(across(image));
}

/** Pillow 13 begins with the height where that takes away more; levels are rounded between the two, so the order shows. */
function isDownFirst(image: Bitmap, width: number, height: number): boolean {
  return height < image.height && image.height - height > 2 * (image.width - width);
}

/** Changes the height: each new row is a weighted sum of old ones. */
function stretchColumns(image: Bitmap, height: number, filter: Filter): Bitmap {
  if (image.height === height) return image;
  const length = image.width * image.channels;
  const data = new Uint8ClampedArray(length * height);
  const sums = new Float64Array(length);
  for (let y = 0; y < height; y++) {
    const { first, weights } = weightsFor(y, image.height, height, filter);
    sums.fill(PRECISION / 2);
    weights.forEach((weight, i) => {
      const row = (first + i) * length;
      for (let x = 0; x < length; x++)
        sums[x] = (sums[x] as number) + weight * (image.data[row + x] as number);
    });
    for (let x = 0; x < length; x++) data[y * length + x] = Math.floor((sums[x] as number) / PRECISION);
  }
  return { ...image, data, height };
}

/** Which old rows make the new row `y`, and how much of each, as whole multiples of 1 / PRECISION. */
function weightsFor(
  y: number,
  from: number,
  to: number,
  filter: Filter,
): { first: number; weights: number[] } {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  const center = (y + 0.5) * scale;
  const first = Math.max(0, Math.trunc(center - support + 0.5));
  const last = Math.min(from, Math.trunc(center + support + 0.5));
  const raw = Array.from({ length: last - first }, (_, i) =>
    filter.weight((first + i - center + 0.5) / stretch),
  );
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return { first, weights: raw.map((weight) => roundAway((weight / sum) * PRECISION)) };
}

/** Rows become columns. */
export function transpose({ data, width, height, channels }: Bitmap): Bitmap {
  const turned = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      const to = (x * height + y) * channels;
      for (let channel = 0; channel < channels; channel++)
        turned[to + channel] = data[from + channel] as number;
    }
  }
  return { data: turned, width: height, height: width, channels };
}

function nearest(image: Bitmap, width: number, height: number): Bitmap {
  const { channels } = image;
  const data = new Uint8ClampedArray(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels);
    const x = Math.floor((((pixel % width) + 0.5) * image.width) / width);
    const y = Math.floor(((Math.floor(pixel / width) + 0.5) * image.height) / height);
    data[i] = image.data[(y * image.width + x) * channels + (i % channels)] as number;
  }
  return { data, width, height, channels };
}

/** Keys' cubic convolution with a = -0.5. */
function bicubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

function hamming(distance: number): number {
  const x = Math.abs(distance);
  return x >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x));
}

function roundAway(value: number): number {
  return Math.trunc(value < 0 ? value - 0.5 : value + 0.5);
}
