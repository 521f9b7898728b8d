/** Records that several dataset files have in common: what is learned from in one must not be tested with in another. */
import { checkShared, isOn } from '../annotations/engine.ts';
import type { Finding } from '../annotations/types.ts';
import type { Pipeline } from '../pipeline.ts';
import { SimilarRecords } from '../records/similar.ts';
import type { Chunk, DatasetRecord } from '../records/types.ts';

/** A dataset and the name that messages give it. */
export interface NamedDataset {
  readonly name: string;
  readonly pipeline: Pipeline;
}

/** A finding on a record that another of the datasets has too. */
export interface SharedRecord {
  /** Numbers of the datasets: of the finding, and of the record that it is compared with. */
  readonly dataset: number;
  readonly otherDataset: number;
  readonly chunkIndex: number;
  readonly finding: Finding;
}

/** Compares the records of each dataset with those of all others. */
export function sharedRecords(datasets: readonly NamedDataset[]): SharedRecord[] {
  const owners = new Map<DatasetRecord, number>();
  const places: { readonly dataset: number; readonly chunkIndex: number; readonly chunk: Chunk }[] = [];
  datasets.forEach(({ pipeline }, dataset) => {
    pipeline.document.chunks.forEach((chunk, chunkIndex) => {
      if (!chunk.source) return;
      owners.set(chunk.source.record, dataset);
      places.push({ dataset, chunkIndex, chunk });
    });
  });
  const ownerOf = (record: DatasetRecord) => owners.get(record) as number;
  const aroundOf = (record: DatasetRecord) =>
    (datasets[ownerOf(record)] as NamedDataset).pipeline.surroundings;
  if (!datasets.some(({ pipeline }) => isOn('split-leak', pipeline.surroundings.rules))) return [];
  const similar = new SimilarRecords({
    image: (record) => aroundOf(record).image(record),
    split: (record) => (datasets[ownerOf(record)] as NamedDataset).name,
    ofSeveralFiles: true,
  });
  similar.update(
    places.map(({ chunk }) => chunk),
    () => true,
  );
  return places.flatMap(({ dataset, chunkIndex, chunk }) => {
    const { source, text } = chunk;
    const { elsewhere } = similar.of(chunk);
    if (!source || !elsewhere) return [];
    const { pipeline } = datasets[dataset] as NamedDataset;
    const { image, splits, rules } = pipeline.surroundings;
    const context = {
      ...{ source, text, splits, image: image(source.record), layout: pipeline.document.layout },
      idCount: (id: string) => pipeline.document.idCount(id),
      likeness: { earlier: null, elsewhere: { ...elsewhere, file: elsewhere.split ?? '' } },
    };
    const otherDataset = ownerOf(elsewhere.source.record);
    return checkShared(context, rules).map((finding) => ({ dataset, otherDataset, chunkIndex, finding }));
  });
}
