import { Tensor } from 'onnxruntime-node';
import { Beginning } from './beginning.ts';
import type { Cache } from './cache.ts';
import { type CacheLayout, cacheNames, type Tensors } from './cache-layout.ts';
import { free, freeTensors } from './free.ts';
import type { Memory } from './memory.ts';

/** Places for tokens that are made at once: copying the cache for every token would cost more than reading empty places. */
const GROWTH = 32;

/**
 * Two pieces of memory that a cache goes to and fro between when it grows. They are kept for the next batch: fresh memory costs as much as filling it. What they held before may show in unused places, finite
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
  used: number;
  readonly empty: readonly number[] = [];
  capacity: number;
  readonly isSeparable = true;
  readonly outputs: readonly string[];
  private readonly inputs: readonly string[];
  private readonly heads: number;
  private readonly width: number;
  private readonly memory: CacheMemory;
  private rows: number;
  /** In the order of the names; each [rows, heads, capacity, width]. */
  private values: Float32Array[];

  /**
   * @param outputs names of the decoder's outputs for the new part, in the order of the cache's names
   * @param length tokens of the longest row's prompt
   * @param spare places for more tokens at the start
   */
  constructor(
    { layers, heads, width }: CacheLayout,
    outputs: readonly string[],
    memory: CacheMemory,
    rows: number,
    length: number,
    spare = GROWTH,
  ) {
    this.inputs = cacheNames('past_key_values', layers);
    this.outputs = outputs;
    this.heads = heads;
    this.width = width;
    this.memory = memory;
    this.rows = rows;
    this.used = length;
    this.capacity = length + spare;
    this.values = this.allocate(rows * heads * this.capacity * width);
  }

  prompts(
    places: readonly (readonly number[])[],
    beginning: Beginning | null = null,
    starts: readonly number[] = [],
  ): Memory {
    const { heads, width, outputs } = this;
    const used = beginning?.used ?? 0;
    const shape = [places.length, heads, used, width];
    const none = new Float32Array(0);
    const values = this.inputs.map((_, i) =>
      beginning ? repeated(beginning.values[i] as Float32Array, places.length) : none,
    );
    return {
      ...{ used, paddedFrom: used, capacity: used, outputs, empty: [] },
      standIns: () => 0,
      feeds: () => this.tensors(values, shape),
      advance: (results, count) => {
        // Prompts end where the longest ends.
        this.take(results, count, this.used - count, places);
        if (!beginning) return;
        free(...values);
        // Where a prompt is shorter than others, padding has come before what is its own.
        places.forEach((rows, prompt) => {
          this.begin(rows, beginning, starts[prompt] as number);
        });
      },
    };
  }

  beginning(): Beginning {
    const none = this.inputs.map(() => new Float32Array(0));
    return new Beginning(this.outputs, this.tensors(none, [1, this.heads, 0, this.width]));
  }

  standIns(): number {
    return 0;
  }

  feeds(): Tensors {
    return this.tensors(this.values, [this.rows, this.heads, this.capacity, this.width]);
  }

  advance(results: Tensors, count: number): void {
    if (this.used + count > this.capacity) this.grow(this.used + count + GROWTH);
    this.take(results, count, this.used);
    this.used += count;
  }

  fork(rows: number): Memory {
    const { used, capacity, outputs, heads, width } = this;
    const shape = [rows, heads, capacity, width];
    const values = rows === 1 ? this.values : this.values.map((one) => repeated(one, rows));
    return {
      ...{ used, empty: this.empty, capacity, outputs },
      standIns: () => 0,
      feeds: () => this.tensors(values, shape),
      advance: (results) => {
        freeTensors(outputs.map((name) => results[name] as Tensor));
        if (rows > 1) free(...values);
      },
    };
  }

  rewind(length: number): void {
    this.used = length;
  }

  drop(row: number): void {
    const last = this.rows - 1;
    const size = this.heads * this.capacity * this.width;
    this.values = this.values.map((values) =>
      values.copyWithin(row * size, last * size).subarray(0, last * size),
    );
    this.rows = last;
  }

  release(): void {}

  /**
   * Puts what was computed for so many tokens where these tokens belong.
   * @param places for each row of the results the rows of the cache that it is for; absent: each its own
   */
  private take(
    results: Tensors,
    count: number,
    place: number,
    places?: readonly (readonly number[])[],
  ): void {
    const stride = this.capacity * this.width;
    const length = count * this.width;
    const start = place * this.width;
    this.values.forEach((values, i) => {
      const fresh = results[this.outputs[i] as string]?.data as Float32Array;
      if (!places) scatter(fresh, length, values, start, stride);
      places?.forEach((rows, prompt) => {
        const one = fresh.subarray(prompt * this.heads * length, (prompt + 1) * this.heads * length);
        for (const row of rows) scatter(one, length, values, row * this.heads * stride + start, stride);
      });
      free(fresh);
    });
  }

  /** Puts the beginning into these rows. */
  private begin(rows: readonly number[], { values, used }: Beginning, start: number): void {
    const { width, heads } = this;
    const stride = this.capacity * width;
    this.values.forEach((own, i) => {
      for (const row of rows) {
        scatter(values[i] as Float32Array, used * width, own, row * heads * stride + start * width, stride);
      }
    });
  }

  /** These values, in the order of the names, as the decoder's inputs. */
  private tensors(values: readonly Float32Array[], shape: readonly number[]): Tensors {
    return Object.fromEntries(
      this.inputs.map((name, i) => [name, new Tensor('float32', values[i] as Float32Array, shape)]),
    );
  }

  private grow(capacity: number): void {
    const from = this.capacity * this.width;
    const to = capacity * this.width;
    const blocks = this.rows * this.heads;
    const grown = this.allocate(blocks * to);
    const used = this.used * this.width;
    this.values.forEach((values, i) => {
      for (let block = 0; block < blocks; block++) {
        grown[i]?.set(values.subarray(block * from, block * from + used), block * to);
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

/** Blocks up to which a loop beats a call for each. */
const SHORT = 128;

/** Puts blocks of `length` values, which follow each other in `from`, into `to`: the first at `place`, each next one `stride` further. */
function scatter(from: Float32Array, length: number, to: Float32Array, place: number, stride: number): void {
  for (let start = 0, at = place; start < from.length; start += length, at += stride) {
    if (length > SHORT) to.set(from.subarray(start, start + length), at);
    else for (let n = 0; n < length; n++) to[at + n] = from[start + n] as number;
  }
}

function repeated(values: Float32Array, times: number): Float32Array {
  const all = new Float32Array(values.length * times);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}
