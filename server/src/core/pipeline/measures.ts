/** What prompts ask of a whole dataset, worked out once for as long as it stays as it is. */
import type { RecordCounts } from '../annotations/types.ts';
import { longestRecords, TEXTS } from '../prompts/longest.ts';
import type { DatasetDocument } from '../records/document.ts';
import { splitOf } from '../records/splits.ts';
import type { RecordSource } from '../records/types.ts';
import type { Surroundings } from './types.ts';

export interface DatasetCounts extends RecordCounts {
  /** By split, in order of appearance. */
  readonly splits: ReadonlyMap<string, number>;
}

export class Measures {
  private readonly document: DatasetDocument;
  private around: Surroundings;
  /** Of the document, when the rest was worked out. */
  private version = -1;
  private counted: DatasetCounts | null = null;
  private readonly longest = new Map<string, readonly RecordSource[]>();

  constructor(document: DatasetDocument, around: Surroundings) {
    this.document = document;
    this.around = around;
  }

  surroundingsChanged(around: Surroundings): void {
    this.around = around;
    this.version = -1;
  }

  counts(): DatasetCounts {
    this.follow();
    this.counted ??= this.count();
    return this.counted;
  }

  /** The records whose prompts are likely the longest. @param fields that the template asks for */
  longestRecords(fields: readonly string[], split: string | null): readonly RecordSource[] {
    this.follow();
    const wanted = new Set(fields);
    const key = JSON.stringify([split, [...wanted].sort()]);
    const known = this.longest.get(key) ?? longestRecords(this.sources(split), wanted);
    this.longest.set(key, known);
    return known;
  }

  private follow(): void {
    if (this.version === this.document.version) return;
    this.version = this.document.version;
    this.counted = null;
    this.longest.clear();
  }

  private count(): DatasetCounts {
    const splits = new Map<string, number>();
    const empty = new Map<string, number>();
    let [total, withImage] = [0, 0];
    for (const { record } of this.sources(null)) {
      total++;
      if (record.image !== null) withImage++;
      for (const field of TEXTS) if (record[field] === '') empty.set(field, (empty.get(field) ?? 0) + 1);
      const split = splitOf(record, this.around.splits);
      if (split) splits.set(split, (splits.get(split) ?? 0) + 1);
    }
    return { total, withImage, empty, splits };
  }

  private *sources(split: string | null): Iterable<RecordSource> {
    for (const { source } of this.document.chunks) {
      if (source && (split === null || splitOf(source.record, this.around.splits) === split)) yield source;
    }
  }
}
