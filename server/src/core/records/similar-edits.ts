import type { Chunk } from './types.ts';

/**
 * Follows a dataset's list of chunks and gives each chunk a place: a number greater than those of the chunks before
 * it. An edit touches only the places of what it replaces.
 */
export class Edits {
  /** Chunks not yet taken in. Whoever takes one in deletes it here. */
  readonly waiting = new Set<Chunk>();
  private chunks: Chunk[] = [];
  private readonly places = new Map<Chunk, number>();

  /** Takes in the list as it is now. Returns the chunks that are gone and had been taken in. */
  follow(after: readonly Chunk[]): readonly Chunk[] {
    const before = this.chunks;
    let start = 0;
    while (start < before.length && before[start] === after[start]) start++;
    if (start === before.length && start === after.length) return [];
    let [endBefore, endAfter] = [before.length, after.length];
    while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) {
      endBefore--;
      endAfter--;
    }
    const removed = before.slice(start, endBefore);
    const added = after.slice(start, endAfter);
    if (added.length === removed.length) {
      for (const [i, chunk] of added.entries()) before[start + i] = chunk;
    } else {
      this.chunks = [...before.slice(0, start), ...added, ...before.slice(endBefore)];
    }
    for (const chunk of removed) this.places.delete(chunk);
    this.place(start, added.length);
    for (const chunk of added) this.waiting.add(chunk);
    return removed.filter((chunk) => !this.waiting.delete(chunk));
  }

  placeOf(chunk: Chunk): number {
    return this.places.get(chunk) ?? Number.POSITIVE_INFINITY;
  }

  /** Spreads so many chunks evenly over the gap that they stand in; where numbers run out, all get new ones. */
  private place(start: number, count: number): void {
    const low = start === 0 ? -1 : this.placeOf(this.chunks[start - 1] as Chunk);
    const next = this.chunks[start + count];
    const step = next ? (this.placeOf(next) - low) / (count + 1) : 1;
    for (let i = 0; i < count; i++) this.places.set(this.chunks[start + i] as Chunk, low + step * (i + 1));
    // A float between two others: halving a gap again and again comes to an end.
    if (step > (Math.abs(low) + 1) * 4 * Number.EPSILON) return;
    for (const [index, chunk] of this.chunks.entries()) this.places.set(chunk, index);
  }
}
