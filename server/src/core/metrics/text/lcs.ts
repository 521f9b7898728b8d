import { UNKNOWN } from './numbering.ts';

const BITS = 32;
const ALL = 0xffffffff;

/**
 * A sequence as the columns of the table in which a longest common subsequence is found, 32 cells at a time
 * (Hyyrö, 2004, "Bit-parallel LCS-length computation revisited"). A row of the table has a bit for each column, 0
 * where it grows by one there. Memory: the length of the sequence.
 */
export class LcsColumns {
  readonly length: number;
  /** Groups of 32 columns. */
  readonly limbs: number;
  /** The entries of id i are those from starts[i] to starts[i + 1]. */
  private readonly starts: Int32Array;
  /** Of an entry: the limb, in ascending order, and the columns in it that hold the id, as bits. */
  private readonly places: Int32Array;
  private readonly bits: Uint32Array;

  /** The sequence holds ids from 0 to before `ids`. */
  constructor(sequence: Int32Array, ids: number) {
    this.length = sequence.length;
    this.limbs = Math.ceil(sequence.length / BITS);
    this.starts = new Int32Array(ids + 1);
    const seen = new Int32Array(ids).fill(UNKNOWN);
    for (let at = 0; at < sequence.length; at++) {
      const id = sequence[at] as number;
      if (seen[id] !== at >>> 5) (this.starts[id + 1] as number)++;
      seen[id] = at >>> 5;
    }
    for (let id = 0; id < ids; id++) (this.starts[id + 1] as number) += this.starts[id] as number;
    const entries = this.starts[ids] as number;
    this.places = new Int32Array(entries).fill(UNKNOWN);
    this.bits = new Uint32Array(entries);
    const next = this.starts.slice();
    for (let at = 0; at < sequence.length; at++) {
      const id = sequence[at] as number;
      let entry = next[id] as number;
      if (this.places[entry] !== UNKNOWN && this.places[entry] !== at >>> 5) entry++;
      next[id] = entry;
      this.places[entry] = at >>> 5;
      (this.bits[entry] as number) |= 1 << (at & 31);
    }
  }

  /**
   * Changes the row that starts at `start` into the next, for an id of the other sequence:
   * row ← (row + (row & columns)) | (row & ~columns), the carry running through the limbs.
   */
  advance(rows: Uint32Array, start: number, id: number): void {
    const end = this.starts[id + 1] as number;
    let carry = 0;
    let limb = 0;
    for (let entry = this.starts[id] as number; entry < end || carry === 1; limb++) {
      // Where neither a column nor a carry is, nothing changes.
      if (carry === 0) limb = this.places[entry] as number;
      if (limb === this.limbs) return;
      const isHeld = entry < end && this.places[entry] === limb;
      const held = isHeld ? (this.bits[entry++] as number) : 0;
      const cells = rows[start + limb] as number;
      const sum = cells + ((cells & held) >>> 0) + carry;
      carry = sum > ALL ? 1 : 0;
      rows[start + limb] = sum | (cells & ~held);
    }
  }
}

/** Length of the longest common subsequence. Time: at most length of `walked` × length of the columns / 32. */
export function lcsLength(walked: Int32Array, columns: LcsColumns): number {
  const row = new Uint32Array(columns.limbs).fill(ALL);
  for (let at = 0; at < walked.length; at++)
    if (walked[at] !== UNKNOWN) columns.advance(row, 0, walked[at] as number);
  let length = 0;
  for (let column = 0; column < columns.length; column++) if (isZero(row, 0, column)) length++;
  return length;
}

/** The whole table, to find a subsequence itself. */
export class LcsTable {
  private readonly rows: Uint32Array;
  private readonly limbs: number;

  constructor(walked: Int32Array, columns: LcsColumns) {
    const { limbs } = columns;
    this.limbs = limbs;
    this.rows = new Uint32Array((walked.length + 1) * limbs).fill(ALL, 0, limbs);
    for (let at = 0; at < walked.length; at++) {
      const start = (at + 1) * limbs;
      for (let limb = start; limb < start + limbs; limb++)
        this.rows[limb] = this.rows[limb - limbs] as number;
      if (walked[at] !== UNKNOWN) columns.advance(this.rows, start, walked[at] as number);
    }
  }

  /** Whether a row (0: of nothing walked yet) is one more after a column than before it. */
  grows(row: number, column: number): boolean {
    return isZero(this.rows, row * this.limbs, column);
  }
}

function isZero(rows: Uint32Array, start: number, column: number): boolean {
  return ((rows[start + (column >>> 5)] as number) & (1 << (column & 31))) === 0;
}
