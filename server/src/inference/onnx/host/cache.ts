/** The decoder's memory of one batch: what it computed for the tokens it has read. */
import type { Beginning } from './beginning.ts';
import type { Memory } from './memory.ts';

export interface Cache extends Memory {
  /** Rows can be begun some at a time, and rows and tokens taken out. */
  readonly isSeparable: boolean;
  /**
   * The memory with which prompts are read: empty before, and their rows' part afterwards.
   * @param places for each prompt the rows that begin with it
   * @param beginning what all prompts begin with, read already
   * @param starts for each prompt the place of its first token; counts where there is a beginning
   */
  prompts(
    places: readonly (readonly number[])[],
    beginning?: Beginning | null,
    starts?: readonly number[],
  ): Memory;
  /** The memory with which is read what all prompts begin with. */
  beginning(): Beginning;
  /** So many rows that begin with what the only row has read; what they read themselves is forgotten. */
  fork(rows: number): Memory;
  /** Forgets what all rows have read but so many tokens. */
  rewind(length: number): void;
  /** Takes a row out; the last row takes its place. */
  drop(row: number): void;
  release(): void;
}
