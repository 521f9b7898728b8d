import { resolve } from 'node:path';
import type { Finding } from '../core/annotations/types.ts';
import { Pipeline } from '../core/pipeline.ts';
import { DatasetDocument } from '../core/records/document.ts';
import type { DatasetRecord } from '../core/records/types.ts';
import type { Store } from '../core/store/types.ts';
import { readImageFacts } from '../files/images.ts';
import { readSplits } from '../files/splits.ts';
import { readTextFile } from '../files/text-file.ts';
import type { LocatedFinding } from './formats/lint.ts';

export interface OpenDataset {
  /** As the user wrote it. */
  readonly file: string;
  readonly pipeline: Pipeline;
}

/** Opens a dataset file with what lies beside it. Throws one sentence when the file cannot be read. */
export function openDataset(file: string, store: Store | null): OpenDataset {
  const path = resolve(file);
  const document = DatasetDocument.create(readTextFile(path));
  const { splits, problem } = readSplits(path);
  if (problem) process.stderr.write(`${problem}\n`);
  const image = (record: DatasetRecord) => readImageFacts(path, record);
  return { file, pipeline: new Pipeline(document, { path, image, splits, rules: {} }, store) };
}

/** Gives a finding in the `chunkIndex`-th chunk its file and its lines. */
export function locate(dataset: OpenDataset, chunkIndex: number, finding: Finding): LocatedFinding {
  const { document } = dataset.pipeline;
  const start = document.startOf(chunkIndex);
  return {
    file: dataset.file,
    finding,
    range: {
      start: document.positionAt(start + finding.span.start),
      end: document.positionAt(start + finding.span.end),
    },
  };
}
