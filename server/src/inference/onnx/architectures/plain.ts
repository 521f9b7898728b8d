/** Reading images that are resized to one size: one picture, one run of features, as LLaVA and PaliGemma have it. */
import { type ImageSettings, resizedSize, type Size } from '../host/image-settings.ts';
import { normalise } from '../host/pixels.ts';
import { type Bitmap, resample } from '../host/resample.ts';
import type { Features, NamedValues } from './types.ts';

export function preparePlain(image: Bitmap, settings: ImageSettings): NamedValues {
  const { width, height } = resizedSize(settings, image);
  const { data, shape } = normalise(resample(image, width, height, settings.resample), settings);
  return { pixel_values: { type: 'float32', data, dims: [1, ...shape] } };
}

/** The features of `image_features`, whatever dimensions they are spread over. */
export function plainFeatures({ image_features }: NamedValues, size: Size): Features {
  const data = image_features?.data as Float32Array;
  const width = image_features?.dims.at(-1) ?? 1;
  return { data, count: data.length / width, size };
}
