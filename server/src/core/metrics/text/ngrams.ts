import { UNKNOWN } from './numbering.ts';

const NONE = -1;

/**
 * How often each n-gram of a sequence occurs, for n from 1 to an order: a tree with a symbol at each step, its
 * steps in one open hash table. Node 0 is the root; a node is numbered by when it was first reached.
 */
export class NgramCounts {
  readonly order: number;
  /** By node. */
  readonly counts: Int32Array;
  private readonly parents: Int32Array;
  private readonly symbols: Int32Array;
  /** From slot to node; NONE where free. */
  private readonly nodes: Int32Array;
  private readonly mask: number;

  /** Counts the n-grams of `sequence` (non-negative integers). Time and space: length × order. */
  constructor(sequence: ArrayLike<number>, order: number) {
    const most = sequence.length * order;
    let slots = 4;
    while (slots < 2 * most) slots *= 2;
    this.order = order;
    this.mask = slots - 1;
    this.nodes = new Int32Array(slots).fill(NONE);
    this.counts = new Int32Array(most + 1);
    this.parents = new Int32Array(most + 1);
    this.symbols = new Int32Array(most + 1);
    let size = 1;
    for (let start = 0; start < sequence.length; start++) {
      const end = Math.min(sequence.length, start + order);
      for (let at = start, node = 0; at < end; at++) {
        const symbol = sequence[at] as number;
        const slot = this.slotOf(node, symbol);
        let next = this.nodes[slot] as number;
        if (next === NONE) {
          next = size++;
          this.nodes[slot] = next;
          this.parents[next] = node;
          this.symbols[next] = symbol;
        }
        (this.counts[next] as number)++;
        node = next;
      }
    }
  }

  /** The node below `node` for a symbol; -1 when the sequence never has it there. */
  step(node: number, symbol: number): number {
    return this.nodes[this.slotOf(node, symbol)] as number;
  }

  private slotOf(node: number, symbol: number): number {
    let slot = Math.imul(Math.imul(node, 0x9e3779b1) ^ symbol, 0x85ebca6b) >>> 7;
    for (; ; slot++) {
      slot &= this.mask;
      const found = this.nodes[slot] as number;
      if (found === NONE || (this.parents[found] === node && this.symbols[found] === symbol)) return slot;
    }
  }
}

/**
 * For each n, how many n-grams of the candidate are in the reference, each counted at most as often as the
 * reference has it. The first entry is for n = 1. Symbols that the reference lacks are `UNKNOWN`.
 */
export function clippedMatches(candidate: ArrayLike<number>, reference: NgramCounts): number[] {
  const { order } = reference;
  const left = reference.counts.slice();
  const matches = new Array<number>(order).fill(0);
  for (let start = 0; start < candidate.length; start++) {
    for (let n = 0, node = 0; n < order && start + n < candidate.length; n++) {
      const symbol = candidate[start + n] as number;
      node = symbol === UNKNOWN ? NONE : reference.step(node, symbol);
      if (node === NONE) break;
      if ((left[node] as number) > 0) {
        (left[node] as number)--;
        (matches[n] as number)++;
      }
    }
  }
  return matches;
}
