import type { Span } from '../span.ts';
import { problemsOfGap } from './gap-problems.ts';
import { countLineEnds, lineStarts } from './lines.ts';
import type { ReadAs } from './read-as.ts';
import { keyText, ReadRecord } from './record-source.ts';
import type { Cut, Entry } from './scanner.ts';
import type { Chunk, DatasetLayout, RecordProblem, RecordSource } from './types.ts';

const QUOTE = 34;

/** A chunk as the scanner cut it. Everything else is worked out when asked for, and then kept. */
export class DatasetChunk implements Chunk {
  readonly text: string;
  readonly layout: DatasetLayout;
  readonly entry: Entry;
  readonly readAs: ReadAs;
  /** The cut that led to this text last: another one may have looked elsewhere. */
  cut: Cut;
  private rowNumber = 0;
  private knownSource: ReadRecord | null = null;
  private knownProblems: readonly RecordProblem[] | null = null;
  private knownKeyId: string | null = null;
  private knownLineEnds = -1;
  private knownLineStarts: readonly number[] | null = null;

  constructor(text: string, layout: DatasetLayout, entry: Entry, cut: Cut, readAs: ReadAs) {
    this.text = text;
    this.layout = layout;
    this.entry = entry;
    this.cut = cut;
    this.readAs = readAs;
  }

  get isRecord(): boolean {
    return this.cut.kind === 'record';
  }

  /** True when the chunk counts as a row: a record, or a line of a JSONL file that should hold one. */
  get isRow(): boolean {
    return this.isRecord || (this.layout === 'jsonl' && this.text.trim() !== '');
  }

  get row(): number {
    return this.rowNumber;
  }

  get source(): RecordSource | null {
    return this.isRecord ? this.read() : null;
  }

  get problems(): readonly RecordProblem[] {
    if (this.isRecord) return [];
    this.knownProblems ??= problemsOfGap(this);
    return this.knownProblems;
  }

  /** The record's id; cheaper than its source where the key is the id. */
  get id(): string | null {
    if (!this.isRecord) return null;
    return this.keyId() ?? this.read().record.id;
  }

  /** How many lines end in the text. */
  get lineEnds(): number {
    if (this.knownLineEnds === -1) this.knownLineEnds = countLineEnds(this.text);
    return this.knownLineEnds;
  }

  /** Offsets after each line end of the text. */
  get lineStarts(): readonly number[] {
    this.knownLineStarts ??= lineStarts(this.text);
    return this.knownLineStarts;
  }

  /**
   * The chunk as the record number `row`: itself, unless its record goes by its number and was read under
   * another one.
   */
  at(row: number): DatasetChunk {
    if (row === this.rowNumber) return this;
    if (this.knownSource && !this.knownSource.hasOwnId) {
      return new DatasetChunk(this.text, this.layout, this.entry, this.cut, this.readAs).at(row);
    }
    this.rowNumber = row;
    return this;
  }

  /** True when the other chunk reads the same, so that either may stand for both. */
  equals(other: DatasetChunk): boolean {
    return (
      this.text === other.text &&
      this.layout === other.layout &&
      this.entry === other.entry &&
      this.readAs === other.readAs &&
      this.cut.kind === other.cut.kind &&
      this.cut.closed === other.cut.closed &&
      this.cut.valueStart === other.cut.valueStart &&
      this.cut.valueEnd === other.cut.valueEnd
    );
  }

  private read(): ReadRecord {
    this.knownSource ??= new ReadRecord({
      text: this.text,
      key: this.key(),
      keyId: this.keyId(),
      value: { start: this.cut.valueStart, end: this.cut.valueEnd },
      closed: this.cut.closed,
      commaMissing: this.entry === 'no-comma',
      row: this.rowNumber,
      readAs: this.readAs,
    });
    return this.knownSource;
  }

  /** The id that the record's key is; null where records have no keys. */
  private keyId(): string | null {
    const key = this.knownKeyId === null ? this.key() : null;
    if (key) this.knownKeyId = keyText(this.text, key);
    return this.knownKeyId;
  }

  /** From quote to quote. The scanner found a key, a colon and an opening brace here. */
  private key(): Span | null {
    if (this.layout !== 'json-object') return null;
    let end = this.cut.valueStart;
    while (this.text.charCodeAt(end - 1) !== QUOTE) end--;
    return { start: this.text.indexOf('"'), end };
  }
}
