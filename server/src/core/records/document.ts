import type { Position, Range } from '../span.ts';
import type { DatasetChunk } from './chunk.ts';
import { detectLayout, LAYOUT_PREFIX } from './layout.ts';
import { countUpTo, isLineEnd } from './lines.ts';
import { READ_PLAINLY, type ReadAs, readsAlike } from './read-as.ts';
import { cutText, join, keepEqual, recut } from './recut.ts';
import type { Chunk, DatasetLayout } from './types.ts';

/** A change as the Language Server Protocol sends it: of a range, or of the whole text. */
export interface TextChange {
  readonly range?: Range;
  readonly text: string;
}

/** A record's chunk and its index among all chunks. */
export interface RecordChunk {
  readonly index: number;
  readonly chunk: Chunk;
}

/** Index of the first chunk with each id, and how many more there are of those that repeat. */
interface IdTable {
  readonly first: ReadonlyMap<string, number>;
  readonly repeats: ReadonlyMap<string, number>;
}

/**
 * A dataset's text, held in chunks of one record each. Any text is accepted; what is wrong with it is told by
 * the problems of its chunks and records. An edit costs one record, whatever the size of the whole. Positions
 * are those of the Language Server Protocol, in UTF-16 units.
 */
export class DatasetDocument {
  private pieces: DatasetChunk[] = [];
  private currentLayout: DatasetLayout = 'unknown';
  /** Offset and line at which each chunk starts, and behind them those of the end of the text. */
  private starts = new Float64Array(1);
  private lines = new Float64Array(1);
  /** Lines are counted when asked for: so many chunks are, from the first one on. */
  private counted = 0;
  private edits = 0;
  /** Made when asked for, dropped when an id or a place changes. */
  private ids: IdTable | null = null;

  private readAs: ReadAs;

  private constructor(readAs: ReadAs) {
    this.readAs = readAs;
  }

  static create(text: string, readAs: ReadAs = READ_PLAINLY): DatasetDocument {
    const document = new DatasetDocument(readAs);
    document.read(text);
    return document;
  }

  get layout(): DatasetLayout {
    return this.currentLayout;
  }

  get chunks(): readonly Chunk[] {
    return this.pieces;
  }

  /** The whole text, put together on every call: for saving and sending, not for every keystroke. */
  get text(): string {
    return join(this.pieces, 0, this.pieces.length);
  }

  /** Another number after every edit. */
  get version(): number {
    return this.edits;
  }

  get length(): number {
    return this.starts[this.pieces.length] as number;
  }

  get lineCount(): number {
    return this.lineOf(this.pieces.length) + 1;
  }

  getText(range?: Range): string {
    if (!range) return this.text;
    const { start, end } = this.spanOf(range);
    return this.slice(start, end);
  }

  /** The chunks that hold a record, in order. */
  *records(): IterableIterator<RecordChunk> {
    for (const [index, chunk] of this.pieces.entries()) if (chunk.isRecord) yield { index, chunk };
  }

  /** Offset at which a chunk starts; of the index past the last chunk, the length of the text. */
  startOf(chunkIndex: number): number {
    return this.starts[chunkIndex] as number;
  }

  /** The chunk that holds the character at `offset`; the last one for the end of the text and beyond. */
  chunkIndexAt(offset: number): number {
    return Math.max(0, countUpTo(this.starts, offset, this.pieces.length) - 1);
  }

  positionAt(offset: number): Position {
    const inside = Math.max(0, Math.min(offset, this.length));
    const index = this.chunkIndexAt(inside);
    const chunk = this.pieces[index] as DatasetChunk;
    const line = this.lineOf(index) + countUpTo(chunk.lineStarts, inside - this.startOf(index));
    const lineStart = this.lineStart(line);
    return { line, character: this.beforeLineEnd(inside, lineStart) - lineStart };
  }

  offsetAt({ line, character }: Position): number {
    if (line >= this.lineCount) return this.length;
    if (line < 0) return 0;
    const lineStart = this.lineStart(line);
    if (character <= 0) return lineStart;
    const next = line + 1 < this.lineCount ? this.lineStart(line + 1) : this.length;
    return this.beforeLineEnd(Math.min(lineStart + character, next), lineStart);
  }

  /** Index of the first chunk whose record has this id. */
  find(id: string): number | undefined {
    return this.idTable().first.get(id);
  }

  /** How many records have this id. */
  idCount(id: string): number {
    const { first, repeats } = this.idTable();
    return first.has(id) ? 1 + (repeats.get(id) ?? 0) : 0;
  }

  /** The same object as long as every id is where it was. */
  get idState(): object {
    return this.idTable();
  }

  /** Applies the changes one after the other. Chunks that read the same as before stay the same objects. */
  edit(changes: TextChange | readonly TextChange[]): void {
    for (const { range, text } of 'text' in changes ? [changes] : changes) {
      if (range) this.replace(this.spanOf(range), text);
      else this.read(text);
    }
    this.edits++;
  }

  /** Reads the text again otherwise. False when it reads so already. */
  readAgain(readAs: ReadAs): boolean {
    if (readsAlike(readAs, this.readAs)) return false;
    const { text } = this;
    this.readAs = readAs;
    this.read(text);
    return true;
  }

  private read(text: string): void {
    this.currentLayout = detectLayout(text.slice(0, LAYOUT_PREFIX), this.readAs.map);
    const pieces = cutText(text, this.layout, this.readAs);
    keepEqual(pieces, this.pieces);
    this.pieces = pieces;
    this.renumber();
    this.measureFrom(0);
  }

  private replace({ start, end }: { start: number; end: number }, inserted: string): void {
    if (start < LAYOUT_PREFIX && this.layoutAfter(start, end, inserted) !== this.layout) {
      this.read(this.slice(0, start) + inserted + this.slice(end, this.length));
      return;
    }
    const first = this.firstCutThatSaw(start);
    const base = this.startOf(first);
    const last = this.chunkIndexAt(end);
    const { fresh, until } = recut(this.pieces, {
      first,
      last,
      start: start - base,
      end: end - base,
      inserted,
    });
    const old = this.pieces.slice(first, until);
    keepEqual(fresh, old);
    const isSameShape =
      fresh.length === old.length && fresh.every((chunk, i) => chunk.isRow === old[i]?.isRow);
    if (isSameShape) {
      fresh.forEach((chunk, i) => {
        this.exchange(first + i, chunk);
      });
    } else {
      this.pieces = [...this.pieces.slice(0, first), ...fresh, ...this.pieces.slice(until)];
      this.renumber();
    }
    this.measureFrom(first);
  }

  /** Puts a chunk in the place of another that counts as a row where this one does. */
  private exchange(index: number, fresh: DatasetChunk): void {
    const old = this.pieces[index] as DatasetChunk;
    const chunk = fresh.at(old.row);
    this.pieces[index] = chunk;
    if (this.ids && chunk.id !== old.id) this.ids = null;
  }

  /** The first chunk whose cut depends on the text from `offset` on. */
  private firstCutThatSaw(offset: number): number {
    let index = this.chunkIndexAt(offset);
    while (index > 0) {
      const before = this.pieces[index - 1] as DatasetChunk;
      if (this.startOf(index - 1) + before.cut.examined <= offset) break;
      index--;
    }
    return index;
  }

  private layoutAfter(start: number, end: number, inserted: string): DatasetLayout {
    const before = this.slice(0, start);
    const after = this.slice(end, end + LAYOUT_PREFIX);
    return detectLayout(
      (before + inserted.slice(0, LAYOUT_PREFIX) + after).slice(0, LAYOUT_PREFIX),
      this.readAs.map,
    );
  }

  /** Gives each record its number, by which it goes when it has no id, and forgets where the ids were. */
  private renumber(): void {
    this.ids = null;
    if (this.layout === 'json-object') return;
    let row = 0;
    this.pieces.forEach((chunk, index) => {
      if (chunk.isRow) this.pieces[index] = chunk.at(row++);
    });
  }

  private measureFrom(first: number): void {
    const { length } = this.pieces;
    if (this.starts.length !== length + 1) {
      this.starts = resized(this.starts, length + 1);
      this.lines = resized(this.lines, length + 1);
    }
    for (let i = first; i < length; i++) {
      const chunk = this.pieces[i] as DatasetChunk;
      this.starts[i + 1] = (this.starts[i] as number) + chunk.text.length;
    }
    this.counted = Math.min(this.counted, first);
  }

  /** Line at which a chunk starts; of the index past the last chunk, the line on which the text ends. */
  private lineOf(chunkIndex: number): number {
    for (; this.counted < chunkIndex; this.counted++) {
      const { lineEnds } = this.pieces[this.counted] as DatasetChunk;
      this.lines[this.counted + 1] = (this.lines[this.counted] as number) + lineEnds;
    }
    return this.lines[chunkIndex] as number;
  }

  private idTable(): IdTable {
    this.ids ??= idTable(this.pieces);
    return this.ids;
  }

  /** Offset at which a line starts that lies in the chunks counted so far. */
  private lineStart(line: number): number {
    if (line === 0) return 0;
    const index = countUpTo(this.lines, line - 1, this.counted + 1) - 1;
    const { lineStarts } = this.pieces[index] as DatasetChunk;
    return this.startOf(index) + (lineStarts[line - 1 - (this.lines[index] as number)] as number);
  }

  private beforeLineEnd(offset: number, lineStart: number): number {
    let end = offset;
    while (end > lineStart && isLineEnd(this.codeAt(end - 1))) end--;
    return end;
  }

  private codeAt(offset: number): number {
    const index = this.chunkIndexAt(offset);
    return (this.pieces[index] as DatasetChunk).text.charCodeAt(offset - this.startOf(index));
  }

  private slice(start: number, end: number): string {
    const first = this.chunkIndexAt(start);
    const text = join(this.pieces, first, this.chunkIndexAt(end) + 1);
    return text.slice(start - this.startOf(first), end - this.startOf(first));
  }

  private spanOf({ start, end }: Range): { start: number; end: number } {
    const [a, b] = [this.offsetAt(start), this.offsetAt(end)];
    return { start: Math.min(a, b), end: Math.max(a, b) };
  }
}

function idTable(chunks: readonly DatasetChunk[]): IdTable {
  const first = new Map<string, number>();
  const repeats = new Map<string, number>();
  // From the last to the first, so that the first one's index is what stays.
  for (let index = chunks.length - 1; index >= 0; index--) {
    const { id } = chunks[index] as DatasetChunk;
    if (id === null) continue;
    const { size } = first;
    first.set(id, index);
    if (first.size === size) repeats.set(id, (repeats.get(id) ?? 0) + 1);
  }
  return { first, repeats };
}

function resized(values: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(length);
  copy.set(values.subarray(0, length));
  return copy;
}
