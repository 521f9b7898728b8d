/** Image features, computed once for each image content. */
import { Tensor } from 'onnxruntime-node';
import type { Features, ImageReader, NamedValues, Values } from '../architectures/types.ts';
import { free } from './free.ts';
import type { Size } from './image-settings.ts';
import { bitmapOf, readImageFile } from './images.ts';
import { reasonOf } from './reason.ts';
import type { Bitmap } from './resample.ts';
import type { Sessions } from './sessions.ts';

interface FreshImage {
  readonly path: string;
  readonly digest: string;
  readonly size: Size;
  /** The vision encoder's inputs. */
  readonly inputs: NamedValues;
}

/** Bytes of features that are kept. */
const KEPT_BYTES = 256 * 1024 * 1024;
/** Images that go through the vision encoder at once: more only fill its caches. */
const BATCH = 16;

export class ImageFeatures {
  private readonly sessions: Sessions;
  private readonly reader: ImageReader;
  /** By content digest, least recently used first. */
  private readonly kept = new Map<string, Features>();
  private bytes = 0;

  constructor(sessions: Sessions, reader: ImageReader) {
    this.sessions = sessions;
    this.reader = reader;
  }

  /** The features of these image files, by path. An image that cannot be used gives an Error of one sentence instead. */
  async of(paths: ReadonlySet<string>): Promise<Map<string, Features | Error>> {
    const found = new Map<string, Features | Error>();
    const all = [...paths];
    for (let start = 0; start < all.length; start += BATCH) {
      const read = await Promise.all(all.slice(start, start + BATCH).map((path) => this.read(path)));
      const fresh = read.filter((image) => 'inputs' in image);
      // Processors that keep the aspect ratio give images of several shapes; one run takes one shape.
      for (const same of Map.groupBy(fresh, (image) => this.groupOf(image)).values()) {
        await this.encodeOnce(same, found);
      }
      for (const image of read) if (!('inputs' in image)) found.set(image.path, image.result);
    }
    return found;
  }

  /** The features of one image, which are not kept. @throws Error of ONNX Runtime */
  async ofBitmap(image: Bitmap): Promise<Features> {
    const { width, height } = image;
    const [features] = await this.encode([{ size: { width, height }, inputs: this.reader.prepare(image) }]);
    return features as Features;
  }

  /** Images of one group run together. */
  private groupOf({ digest, inputs }: FreshImage): string {
    if (!this.reader.isBatched) return digest;
    return Object.values(inputs)
      .map(({ dims }) => dims.join())
      .join(' ');
  }

  private async read(
    path: string,
  ): Promise<FreshImage | { readonly path: string; readonly result: Features | Error }> {
    try {
      const file = await readImageFile(path);
      const kept = this.recall(file.digest);
      if (kept) return { path, result: kept };
      const image = await bitmapOf(file, path);
      const { width, height } = image;
      return { path, digest: file.digest, size: { width, height }, inputs: this.reader.prepare(image) };
    } catch (error) {
      return { path, result: error as Error };
    }
  }

  /** Encodes images of one shape, equal ones once. */
  private async encodeOnce(
    images: readonly FreshImage[],
    found: Map<string, Features | Error>,
  ): Promise<void> {
    const byContent = [...Map.groupBy(images, ({ digest }) => digest)];
    const encoded = await this.encode(byContent.map(([, [first]]) => first as FreshImage)).catch(
      (error) => new Error(`The image cannot be encoded: ${reasonOf(error)}`),
    );
    byContent.forEach(([digest, same], i) => {
      const result = encoded instanceof Error ? encoded : (encoded[i] as Features);
      if (!(result instanceof Error)) this.keep(digest, result);
      for (const { path } of same) found.set(path, result);
    });
  }

  private async encode(images: readonly Pick<FreshImage, 'size' | 'inputs'>[]): Promise<Features[]> {
    const { vision } = this.sessions;
    const feeds = Object.fromEntries(
      vision.inputNames.map((name) => {
        const { type, data, dims } = joined(images.map(({ inputs }) => inputs[name] as Values));
        return [name, new Tensor(type, data, dims)];
      }),
    );
    const results = await vision.run(feeds);
    const features = images.map(({ size }, i) => {
      const own = Object.entries(results).map(([name, tensor]) => [name, part(tensor, i, images.length)]);
      return this.reader.features(Object.fromEntries(own), size);
    });
    free(...Object.values(feeds).map(({ data }) => data as Float32Array));
    free(...Object.values(results).map(({ data }) => data as Float32Array));
    return features;
  }

  private recall(digest: string): Features | undefined {
    const features = this.kept.get(digest);
    if (features) {
      this.kept.delete(digest);
      this.kept.set(digest, features);
    }
    return features;
  }

  private keep(digest: string, features: Features): void {
    this.kept.set(digest, features);
    this.bytes += features.data.byteLength;
    for (const [oldest, { data }] of this.kept) {
      if (this.bytes <= KEPT_BYTES) break;
      this.kept.delete(oldest);
      this.bytes -= data.byteLength;
    }
  }
}

/** Values of one shape along their first dimension. */
function joined(values: readonly Values[]): Values {
  const [first, ...others] = values as [Values];
  if (others.length === 0) return first;
  const data = new Float32Array(first.data.length * values.length);
  values.forEach((one, i) => {
    data.set(one.data as Float32Array, i * first.data.length);
  });
  const [count = 1, ...shape] = first.dims;
  return { type: first.type, data, dims: [count * values.length, ...shape] };
}

/** A copy of what belongs to the i-th of so many images. */
function part({ data, dims }: Tensor, i: number, images: number): Values {
  const values = data as Float32Array;
  const size = values.length / images;
  const [count = 1, ...shape] = dims;
  return { type: 'float32', data: values.slice(i * size, (i + 1) * size), dims: [count / images, ...shape] };
}
