/** Records that are asked in another way than they are written, and their answers brought back to how they are. */
import type { Judgement } from '../judgements/types.ts';
import type { DatasetRecord, RecordSource } from '../records/types.ts';
import { variationOf } from '../records/variations/index.ts';

/** A record as it is asked. */
export interface AskedRecord {
  readonly source: RecordSource;
  /** For each choice as it is asked, its index in the record; null: none has moved. */
  readonly places: readonly number[] | null;
}

const known = new WeakMap<RecordSource, Map<string, AskedRecord | null>>();

/** The record as a run asks it; null when the run's variation cannot change it. */
export function askedRecord(source: RecordSource, variation: string | null): AskedRecord | null {
  if (variation === null) return { source, places: null };
  let byName = known.get(source);
  if (!byName) {
    byName = new Map();
    known.set(source, byName);
  }
  let asked = byName.get(variation);
  if (asked === undefined) {
    const varied = variationOf(variation).vary(source.record);
    asked = varied && { source: withRecord(source, varied.record), places: varied.places ?? null };
    byName.set(variation, asked);
  }
  return asked;
}

/** The same place in the text, read as another record. Sources work out their fields when asked, so they are not copied. */
function withRecord(source: RecordSource, record: DatasetRecord): RecordSource {
  return Object.create(source, { record: { value: record, enumerable: true } });
}

/** A judgement of a record as it was asked, in terms of the record as it is written: only the choices' places differ. */
export function broughtBack(judgement: Judgement, places: readonly number[] | null): Judgement {
  if (!places) return judgement;
  const back = <Said extends { readonly choice: number | null }>(said: Said): Said =>
    said.choice === null ? said : { ...said, choice: places[said.choice] ?? said.choice };
  const { reading, asserted } = judgement;
  return {
    ...judgement,
    reading: { ...back(reading), candidates: reading.candidates.map(back) },
    asserted: asserted && back(asserted),
  };
}
