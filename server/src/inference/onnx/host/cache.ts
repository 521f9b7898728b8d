/** The decoder's memory of one batch: what it computed for the tokens it has read. */
import { Tensor } from 'onnxruntime-node';
import { type CacheLayout, cacheNames, type Tensors } from './cache-layout.ts';

export interface Cache {
  /** Tokens that each row has, padding included. */
  readonly used: number;
  /** Places that the tensors have for tokens; those from `used` on hold nothing. */
  readonly capacity: number;
  /** Outputs of the decoder that `advance` needs. */
  readonly outputs: readonly string[];
  /** Rows can be taken out. */
  readonly canKeep: boolean;
  /** As the decoder's inputs. */
  feeds(): Tensors;
  /** Takes in what the decoder computed for so many new tokens. */
  advance(results: Tensors, count: number): void;
  /** Keeps only these rows, in this order. */
  keep(rows: readonly number[]): void;
  release(): void;
}

/** The cache as the graph gives it back: whole, and on a GPU out of our reach, where rows that ended run on unread. */
export class WholeCache implements Cache {
  used = 0;
  readonly canKeep = false;
  readonly outputs: readonly string[];
  private readonly inputs: readonly string[];
  /** In the order of the names. */
  private tensors: readonly Tensor[];

  constructor({ layers, heads, width, type }: CacheLayout, rows: number) {
    this.inputs = cacheNames('past_key_values', layers);
    this.outputs = cacheNames('present', layers);
    const empty = type === 'float16' ? new Uint16Array(0) : new Float32Array(0);
    this.tensors = this.inputs.map(() => new Tensor(type, empty, [rows, heads, 0, width]));
  }

  get capacity(): number {
    return this.used;
  }

  feeds(): Tensors {
    return Object.fromEntries(this.inputs.map((name, i) => [name, this.tensors[i] as Tensor]));
  }

  advance(results: Tensors, count: number): void {
    this.release();
    this.tensors = this.outputs.map((name) => results[name] as Tensor);
    this.used += count;
  }

  keep(): void {
    throw new Error('Rows of this cache cannot be taken out.');
  }

  release(): void {
    for (const tensor of this.tensors) if (tensor.location === 'gpu-buffer') tensor.dispose();
  }
}

/** Places for tokens that are made at once: copying the cache for every token would cost more than reading empty places. */
const GROWTH = 16;

/**
 * Two pieces of memory that a cache goes to and fro between when it grows or loses rows. They are kept for the
 * next batch: fresh memory costs as much as filling it. What they held before may show in unused places, finite
 * and masked.
 */
export class CacheMemory {
  private current = new Float32Array(0);
  private spare = new Float32Array(0);

  /** The piece that was not given last, of at least so many values. */
  next(length: number): Float32Array {
    const next = this.spare.length < length ? new Float32Array(Math.ceil(length * 1.5)) : this.spare;
    this.spare = this.current;
    this.current = next;
    return next;
  }
}

/** The cache in our own memory, which the decoder reads where it lies and to which the new part is added in place. */
export class GrowingCache implements Cache {
  used = 0;
  capacity = 0;
  readonly canKeep = true;
  readonly outputs: readonly string[];
  private readonly inputs: readonly string[];
  private readonly heads: number;
  private readonly width: number;
  private readonly memory: CacheMemory;
  private rows: number;
  /** In the order of the names; each [rows, heads, capacity, width]. */
  private values: Float32Array[];

  /** @param outputs names of the decoder's outputs for the new part, in the order of the cache's names */
  constructor(
    { layers, heads, width }: CacheLayout,
    outputs: readonly string[],
    memory: CacheMemory,
    rows: number,
  ) {
    this.inputs = cacheNames('past_key_values', layers);
    this.outputs = outputs;
    this.heads = heads;
    this.width = width;
    this.memory = memory;
    this.rows = rows;
    this.values = this.allocate(0);
  }

  feeds(): Tensors {
    const shape = [this.rows, this.heads, this.capacity, this.width];
    return Object.fromEntries(
      this.inputs.map((name, i) => [name, new Tensor('float32', this.values[i] as Float32Array, shape)]),
    );
  }

  advance(results: Tensors, count: number): void {
    if (this.used + count > this.capacity) this.grow(this.used + count + GROWTH);
    const length = count * this.width;
    this.values.forEach((values, i) => {
      const fresh = results[this.outputs[i] as string]?.data as Float32Array;
      let to = this.used * this.width;
      // Blocks are short here: a loop beats a call for each.
      for (let from = 0; from < fresh.length; from += length) {
        for (let n = 0; n < length; n++) values[to + n] = fresh[from + n] as number;
        to += this.capacity * this.width;
      }
    });
    this.used += count;
  }

  keep(rows: readonly number[]): void {
    const size = this.heads * this.capacity * this.width;
    const kept = this.allocate(rows.length * size);
    this.values.forEach((values, i) => {
      rows.forEach((row, place) => {
        kept[i]?.set(values.subarray(row * size, (row + 1) * size), place * size);
      });
    });
    this.values = kept;
    this.rows = rows.length;
  }

  release(): void {}

  private grow(capacity: number): void {
    const from = this.capacity * this.width;
    const to = capacity * this.width;
    const length = this.used * this.width;
    const blocks = this.rows * this.heads;
    const grown = this.allocate(blocks * to);
    this.values.forEach((values, i) => {
      for (let block = 0; block < blocks; block++) {
        grown[i]?.set(values.subarray(block * from, block * from + length), block * to);
      }
    });
    this.values = grown;
    this.capacity = capacity;
  }

  /** One array of so many values for each of the cache's tensors. */
  private allocate(length: number): Float32Array[] {
    const piece = this.memory.next(length * this.inputs.length);
    return this.inputs.map((_, i) => piece.subarray(i * length, (i + 1) * length));
  }
}
