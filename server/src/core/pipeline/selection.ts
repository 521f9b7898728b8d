/** Which records of a dataset a run is made on. */
import type { DatasetDocument } from '../records/document.ts';
import { type Sample, stratifiedSample } from '../records/sample.ts';
import { splitOf } from '../records/splits.ts';
import type { Chunk, RecordSource } from '../records/types.ts';
import type { Surroundings } from './types.ts';
import { askedRecord } from './variations.ts';

export interface Selection {
  /** Null: every record. */
  readonly split: string | null;
  /** Only these, drawn evenly from the topics. */
  readonly sample?: Sample | null;
  /** Records that it cannot change are left out. */
  readonly variation?: string | null;
  /** Ids; absent: all that are selected otherwise. */
  readonly records?: readonly string[];
  /** At most so many, the first ones. */
  readonly limit?: number;
}

/** The chunks of the selected records, in the order of the file. */
export function selectRecords(
  { chunks }: DatasetDocument,
  { splits }: Surroundings,
  { split, sample, variation = null, records, limit }: Selection,
): Chunk[] {
  const ofSplit = chunks.filter(
    ({ source }) => source !== null && (split === null || splitOf(source.record, splits) === split),
  );
  const drawn = sample ? stratifiedSample(ofSplit, ({ source }) => recordOf(source), sample) : ofSplit;
  const varied = variation === null ? drawn : drawn.filter(({ source }) => isVaried(source, variation));
  const named = records && new Set(records);
  return varied.filter(({ source }) => named?.has(recordOf(source).id) ?? true).slice(0, limit);
}

/** @throws Error with one sentence when there are none */
export function someRecords(
  document: DatasetDocument,
  around: Surroundings,
  selection: Selection,
  splits: ReadonlyMap<string, number>,
): Chunk[] {
  const selected = selectRecords(document, around, selection);
  if (selected.length === 0) throw new Error(nothingSelected(around.path, selection, [...splits.keys()]));
  return selected;
}

function nothingSelected(path: string, { split, records }: Selection, splits: readonly string[]): string {
  if (records) return `${path} has no record ${records.join(', ')}.`;
  if (split === null) return `${path} holds no records.`;
  return `No record of ${path} is in the split "${split}": it has ${splits.join(', ') || 'no splits'}.`;
}

function isVaried(source: RecordSource | null, variation: string): boolean {
  return askedRecord(source as RecordSource, variation) !== null;
}

function recordOf(source: RecordSource | null): RecordSource['record'] {
  return (source as RecordSource).record;
}
