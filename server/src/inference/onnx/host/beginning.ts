import type { Tensors } from './cache-layout.ts';
import { free } from './free.ts';
import type { Memory } from './memory.ts';

/** What several prompts begin with: of one row, to be copied into all of them. */
export class Beginning implements Memory {
  used = 0;
  readonly capacity = 0;
  readonly empty: readonly number[] = [];
  readonly outputs: readonly string[];
  /** In the order of the cache's names. */
  values: readonly Float32Array[] = [];
  private readonly nothing: Tensors;

  /** @param nothing the decoder's inputs for an empty cache of one row */
  constructor(outputs: readonly string[], nothing: Tensors) {
    this.outputs = outputs;
    this.nothing = nothing;
  }

  standIns(): number {
    return 0;
  }

  feeds(): Tensors {
    return this.nothing;
  }

  advance(results: Tensors, count: number): void {
    this.values = this.outputs.map((name) => results[name]?.data as Float32Array);
    this.used = count;
  }

  release(): void {
    free(...this.values);
  }
}
