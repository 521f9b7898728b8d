/** Image features, computed once for each image content. */
import { Tensor } from 'onnxruntime-node';
import { free } from './free.ts';
import type { ImageSettings } from './image-settings.ts';
import { type Pixels, pixelsOf, readImageFile } from './images.ts';
import { reasonOf } from './reason.ts';
import type { Sessions } from './sessions.ts';

/** What one image gives the decoder: `count` embeddings. */
export interface Features {
  readonly data: Float32Array;
  readonly count: number;
}

interface FreshImage {
  readonly path: string;
  readonly digest: string;
  readonly pixels: Pixels;
}

/** Bytes of features that are kept. */
const KEPT_BYTES = 256 * 1024 * 1024;
/** Images that go through the vision encoder at once: more only fill its caches. */
const BATCH = 16;

export class ImageFeatures {
  private readonly sessions: Sessions;
  private readonly settings: ImageSettings;
  /** By content digest, least recently used first. */
  private readonly kept = new Map<string, Features>();
  private bytes = 0;

  constructor(sessions: Sessions, settings: ImageSettings) {
    this.sessions = sessions;
    this.settings = settings;
  }

  /** The features of these image files, by path. An image that cannot be used gives an Error of one sentence instead. */
  async of(paths: ReadonlySet<string>): Promise<Map<string, Features | Error>> {
    const found = new Map<string, Features | Error>();
    const all = [...paths];
    for (let start = 0; start < all.length; start += BATCH) {
      const read = await Promise.all(all.slice(start, start + BATCH).map((path) => this.read(path)));
      const fresh = read.filter((image) => 'pixels' in image);
      // Processors that keep the aspect ratio give images of several shapes; one run takes one shape.
      for (const same of Map.groupBy(fresh, ({ pixels }) => pixels.shape.join()).values()) {
        await this.encodeOnce(same, found);
      }
      for (const image of read) if (!('pixels' in image)) found.set(image.path, image.result);
    }
    return found;
  }

  private async read(
    path: string,
  ): Promise<FreshImage | { readonly path: string; readonly result: Features | Error }> {
    try {
      const file = await readImageFile(path);
      const kept = this.recall(file.digest);
      if (kept) return { path, result: kept };
      return { path, digest: file.digest, pixels: await pixelsOf(file, path, this.settings) };
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
    const encoded = await this.encode(byContent.map(([, [first]]) => (first as FreshImage).pixels)).catch(
      (error) => new Error(`The image cannot be encoded: ${reasonOf(error)}`),
    );
    byContent.forEach(([digest, same], i) => {
      const result = encoded instanceof Error ? encoded : (encoded[i] as Features);
      if (!(result instanceof Error)) this.keep(digest, result);
      for (const { path } of same) found.set(path, result);
    });
  }

  private async encode(images: readonly Pixels[]): Promise<Features[]> {
    const [first] = images as [Pixels];
    const size = first.data.length;
    const batch = new Float32Array(images.length * size);
    images.forEach(({ data }, i) => {
      batch.set(data, i * size);
    });
    const pixel_values = new Tensor('float32', batch, [images.length, ...first.shape]);
    const { image_features } = await this.sessions.vision.run({ pixel_values });
    const [, count = 0, width = 0] = image_features?.dims ?? [];
    const data = image_features?.data as Float32Array;
    const features = images.map((_, i) => ({
      data: data.slice(i * count * width, (i + 1) * count * width),
      count,
    }));
    free(batch, data, ...images.map((image) => image.data));
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
