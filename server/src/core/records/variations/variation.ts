import type { DatasetRecord } from '../types.ts';

/** A record that asks the same in another way. */
export interface Varied {
  readonly record: DatasetRecord;
  /** For each choice as it now stands, its index in the record as it is written; absent: none has moved. */
  readonly places?: readonly number[];
}

/** A change of a record that should not change its answer. It depends on the record alone. */
export interface Variation {
  readonly id: string;
  /** One sentence. */
  readonly what: string;
  /** Null for a record that it cannot change. */
  vary(record: DatasetRecord): Varied | null;
}
