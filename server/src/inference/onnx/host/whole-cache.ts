import { Tensor } from 'onnxruntime-node';
import type { Beginning } from './beginning.ts';
import type { Cache } from './cache.ts';
import { type CacheLayout, cacheNames, type Tensors } from './cache-layout.ts';
import { freeTensors } from './free.ts';
import type { Memory } from './memory.ts';

/**
 * The cache as the graph gives it back: whole, and on a GPU out of our reach, where rows that ended run on unread.
 * Where the graph may not be given an empty cache, nor a single token, a place that holds nothing stands in.
 */
export class WholeCache implements Cache {
  used: number;
  readonly empty: number[];
  readonly isSeparable = false;
  readonly outputs: readonly string[];
  private readonly inputs: readonly string[];
  /** In the order of the names. */
  private tensors: readonly Tensor[];
  private readonly hasStandIns: boolean;

  constructor({ layers, heads, width, type }: CacheLayout, rows: number, hasStandIns = false) {
    this.hasStandIns = hasStandIns;
    this.used = Number(hasStandIns);
    this.empty = hasStandIns ? [0] : [];
    this.inputs = cacheNames('past_key_values', layers);
    this.outputs = cacheNames('present', layers);
    const size = rows * heads * this.used * width;
    this.tensors = this.inputs.map(() => {
      const zeros = type === 'float16' ? new Uint16Array(size) : new Float32Array(size);
      return new Tensor(type, zeros, [rows, heads, this.used, width]);
    });
  }

  prompts(): Memory {
    return this;
  }

  beginning(): Beginning {
    throw new Error('Rows of this cache are begun together.');
  }

  get capacity(): number {
    return this.used;
  }

  standIns(count: number): number {
    return this.standIn(count, this.empty);
  }

  feeds(): Tensors {
    return Object.fromEntries(this.inputs.map((name, i) => [name, this.tensors[i] as Tensor]));
  }

  advance(results: Tensors, count: number): void {
    this.release();
    this.tensors = this.outputs.map((name) => results[name] as Tensor);
    this.used += count;
  }

  /** One row: the tensors may be out of our reach. */
  fork(): Memory {
    const { used, outputs } = this;
    const empty = [...this.empty];
    return {
      ...{ used, empty, capacity: used, outputs },
      standIns: (count) => this.standIn(count, empty),
      feeds: () => this.feeds(),
      advance: (results) => freeTensors(outputs.map((name) => results[name] as Tensor)),
    };
  }

  rewind(): void {
    throw new Error('Tokens of this cache cannot be forgotten.');
  }

  drop(): void {
    throw new Error('Rows of this cache cannot be taken out.');
  }

  release(): void {
    freeTensors(this.tensors);
  }

  private standIn(count: number, empty: number[]): number {
    if (!this.hasStandIns || count > 1) return 0;
    empty.push(this.used);
    return 1;
  }
}
