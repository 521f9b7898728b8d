import { DatasetChunk } from './chunk.ts';
import type { ReadAs } from './read-as.ts';
import { type Entry, Scanner } from './scanner.ts';
import type { DatasetLayout } from './types.ts';

/** Cuts a whole text into chunks. */
export function cutText(text: string, layout: DatasetLayout, readAs: ReadAs): DatasetChunk[] {
  const chunks: DatasetChunk[] = [];
  const scanner = new Scanner(text, layout);
  let entry: Entry = 'start';
  for (let start = 0; !isFinished(entry, start, text.length); ) {
    const cut = scanner.cut(start, entry);
    const end = start + cut.end;
    chunks.push(new DatasetChunk(text.slice(start, end), layout, entry, cut, readAs));
    start = end;
    entry = cut.next;
  }
  return chunks;
}

/** An edit inside the chunks `first` to `last`: offsets count from the start of chunk `first`. */
export interface ChunkEdit {
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly end: number;
  readonly inserted: string;
}

/**
 * Cuts the edited chunks again, and as many after them as it takes until a cut falls where one fell before.
 * Returns what takes the place of the chunks from `edit.first` up to, not including, `until`.
 */
export function recut(
  chunks: readonly DatasetChunk[],
  edit: ChunkEdit,
): { fresh: DatasetChunk[]; until: number } {
  const { layout, entry: firstEntry, readAs } = chunks[edit.first] as DatasetChunk;
  const window = new Window(chunks, edit);
  const fresh: DatasetChunk[] = [];
  let scanner = new Scanner(window.text, layout);
  let entry = firstEntry;
  let start = 0;
  /** The first old chunk not yet cut over, and where it starts in the window. */
  let until = edit.last + 1;
  let untilStart = window.text.length;
  for (;;) {
    while (until < chunks.length && untilStart < start)
      untilStart += (chunks[until++] as DatasetChunk).text.length;
    if (untilStart === start && chunks[until]?.entry === entry) break;
    if (isFinished(entry, start, window.text.length) && (entry === 'end' || window.isComplete)) {
      until = chunks.length;
      break;
    }
    const cut = scanner.cut(start, entry);
    if (start + cut.examined > window.text.length && !window.isComplete) {
      window.extend();
      scanner = new Scanner(window.text, layout);
      continue;
    }
    const end = start + cut.end;
    fresh.push(new DatasetChunk(window.text.slice(start, end), layout, entry, cut, readAs));
    start = end;
    entry = cut.next;
  }
  return { fresh, until };
}

/** The edited text and as much of what follows it as the cutting has asked for. */
class Window {
  text: string;
  private readonly chunks: readonly DatasetChunk[];
  private next: number;

  constructor(chunks: readonly DatasetChunk[], { first, last, start, end, inserted }: ChunkEdit) {
    const old = join(chunks, first, last + 1);
    this.chunks = chunks;
    this.text = old.slice(0, start) + inserted + old.slice(end);
    this.next = last + 1;
  }

  /** True when the window reaches the end of the document. */
  get isComplete(): boolean {
    return this.next === this.chunks.length;
  }

  /** Takes in at least one more chunk, and about as much text as it has, so that the whole costs linear time. */
  extend(): void {
    const from = this.next;
    let added = 0;
    do added += (this.chunks[this.next++] as DatasetChunk).text.length;
    while (!this.isComplete && added < this.text.length);
    this.text += join(this.chunks, from, this.next);
  }
}

/**
 * Puts chunks that read the same as before back in place, from both ends, so that what is known of them stays
 * known.
 */
export function keepEqual(fresh: DatasetChunk[], old: readonly DatasetChunk[]): void {
  const shorter = Math.min(fresh.length, old.length);
  let head = 0;
  while (head < shorter && keep(head, head)) head++;
  for (let tail = 1; tail <= shorter - head; tail++) {
    if (!keep(fresh.length - tail, old.length - tail)) break;
  }

  function keep(freshIndex: number, oldIndex: number): boolean {
    const known = old[oldIndex] as DatasetChunk;
    const { cut } = fresh[freshIndex] as DatasetChunk;
    if (!known.equals(fresh[freshIndex] as DatasetChunk)) return false;
    known.cut = cut;
    fresh[freshIndex] = known;
    return true;
  }
}

export function join(chunks: readonly DatasetChunk[], first: number, until: number): string {
  let text = '';
  for (let i = first; i < until; i++) text += (chunks[i] as DatasetChunk).text;
  return text;
}

function isFinished(entry: Entry, offset: number, length: number): boolean {
  return entry === 'end' || (entry === 'line' && offset >= length);
}
