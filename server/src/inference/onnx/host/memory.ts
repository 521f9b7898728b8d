import type { Tensors } from './cache-layout.ts';

/** What one run of the decoder reads, and what becomes of what it computes. */
export interface Memory {
  /** Tokens that each row has, padding included. */
  readonly used: number;
  /** Where the rows' padding is; absent: before everything. */
  readonly paddedFrom?: number;
  /** Places that hold nothing in any row, padding aside; counted in `used`. */
  readonly empty: readonly number[];
  /** Places that the tensors have for tokens; those from `used` on hold nothing. */
  readonly capacity: number;
  /** Outputs of the decoder that `advance` needs. */
  readonly outputs: readonly string[];
  /** How many tokens that stand for nothing must be read before so many new ones. */
  standIns(count: number): number;
  /** As the decoder's inputs. */
  feeds(): Tensors;
  /** Takes in what the decoder computed for so many new tokens. */
  advance(results: Tensors, count: number): void;
}
