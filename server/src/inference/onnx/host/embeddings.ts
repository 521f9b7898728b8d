import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { free } from './free.ts';

/** Token embeddings, each looked up in the graph once: a run for every generated token would cost a tenth of the step. */
export class Embeddings {
  private readonly session: InferenceSession;
  private readonly hidden: number;
  /** No images: graphs that put features into their places themselves are asked for tokens alone. */
  private readonly none: Record<string, Tensor>;
  private readonly known = new Map<number, Float32Array>();

  /** @param hidden width of an embedding */
  constructor(session: InferenceSession, hidden: number) {
    this.session = session;
    this.hidden = hidden;
    const takesFeatures = session.inputNames.includes('image_features');
    this.none = takesFeatures ? { image_features: new Tensor('float32', [], [0, hidden]) } : {};
  }

  /** [rows, tokens of a row, width], for the ids of all rows one after the other. */
  async of(ids: readonly number[], rows: number): Promise<Tensor> {
    await this.learn(new Set(ids.filter((id) => !this.known.has(id))));
    const data = new Float32Array(ids.length * this.hidden);
    ids.forEach((id, place) => {
      data.set(this.known.get(id) as Float32Array, place * this.hidden);
    });
    return new Tensor('float32', data, [rows, ids.length / rows, this.hidden]);
  }

  private async learn(ids: ReadonlySet<number>): Promise<void> {
    if (ids.size === 0) return;
    const input_ids = new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.size]);
    const { inputs_embeds } = await this.session.run({ input_ids, ...this.none });
    const data = inputs_embeds?.data as Float32Array;
    [...ids].forEach((id, i) => {
      this.known.set(id, data.slice(i * this.hidden, (i + 1) * this.hidden));
    });
    free(data);
  }
}
