import type { JoinWay, RecordName, RecordTable } from '../core/models/output-join.ts';
import type { DatasetDocument } from '../core/records/document.ts';
import type { Chunk, RecordSource } from '../core/records/types.ts';

/** A record of a dataset, found. */
export interface FoundRecord {
  /** Of its chunk. */
  readonly index: number;
  readonly source: RecordSource;
}

/** The records of a dataset by id and by number, as they stand now. */
export class DatasetRows implements RecordTable {
  private readonly document: DatasetDocument;
  private known: { readonly chunks: readonly Chunk[]; readonly indexes: readonly number[] } | null = null;

  constructor(document: DatasetDocument) {
    this.document = document;
  }

  get count(): number {
    return this.indexes.length;
  }

  has(id: string): boolean {
    return this.document.find(id) !== undefined;
  }

  /** The record of this name, or null when there is none. */
  find(name: RecordName): FoundRecord | null {
    const index = 'id' in name ? this.document.find(name.id) : this.indexes[name.row];
    const source = index === undefined ? null : this.document.chunks[index]?.source;
    return source ? { index: index as number, source } : null;
  }

  /** Of the chunks that hold a record. The list of chunks is another one once a record has come or gone. */
  private get indexes(): readonly number[] {
    const { chunks } = this.document;
    if (this.known?.chunks !== chunks) {
      this.known = { chunks, indexes: Array.from(this.document.records(), ({ index }) => index) };
    }
    return this.known.indexes;
  }
}

/** A way of joining in words: `by pid`. */
export function wayWords({ kind, by }: JoinWay): string {
  return kind === 'line' ? 'line by line' : `by ${by}`;
}
