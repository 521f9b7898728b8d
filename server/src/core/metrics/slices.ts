import type { DatasetRecord } from '../records/types.ts';

/** A way of dividing records, by what the dataset says of them and never by what a model answered. */
export interface Dimension {
  readonly id: string;
  readonly of: (record: DatasetRecord) => string;
}

/** Every dimension, in the order in which it is reported. A record without a value is in no slice of it. */
export const DIMENSIONS: readonly Dimension[] = [
  { id: 'subject', of: (record) => record.subject },
  { id: 'topic', of: (record) => record.topic },
  { id: 'category', of: (record) => record.category },
  { id: 'skill', of: (record) => record.skill },
  { id: 'grade', of: (record) => record.grade },
  { id: 'hasImage', of: (record) => (record.image === null ? 'no' : 'yes') },
  { id: 'hasContext', of: (record) => (record.hint.trim() === '' ? 'no' : 'yes') },
];
