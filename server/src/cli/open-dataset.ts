import { resolve } from 'node:path';
import { withLine } from '../core/annotations/similarity.ts';
import type { Finding } from '../core/annotations/types.ts';
import { Pipeline } from '../core/pipeline.ts';
import { DatasetDocument } from '../core/records/document.ts';
import type { FieldMap } from '../core/records/field-map.ts';
import type { DatasetRecord, RecordSource } from '../core/records/types.ts';
import type { Span } from '../core/span.ts';
import type { Store } from '../core/store/types.ts';
import { readImageFacts } from '../files/images.ts';
import { readSplits } from '../files/splits.ts';
import { readTextFile } from '../files/text-file.ts';
import { type LocatedFinding, type Place, placeText } from './formats/place.ts';
import { readAsAt, workspaceRules } from './settings.ts';

export interface OpenDataset {
  /** As the user wrote it. */
  readonly file: string;
  readonly pipeline: Pipeline;
}

/** Opens a dataset file with what lies beside it. Throws one sentence when the file cannot be read. */
export function openDataset(file: string, store: Store | null, fields: FieldMap | null = null): OpenDataset {
  const path = resolve(file);
  const document = DatasetDocument.create(readTextFile(path), readAsAt(path, fields));
  const { splits, problem } = readSplits(path);
  if (problem) process.stderr.write(`${problem}\n`);
  const image = (record: DatasetRecord) => readImageFacts(path, record);
  return {
    file,
    pipeline: new Pipeline(document, { path, image, splits, rules: workspaceRules(path) }, store),
  };
}

/**
 * Gives a finding in the `chunkIndex`-th chunk its file and its lines.
 * @param otherDataset where the record stands that this one is compared with
 */
export function locate(
  dataset: OpenDataset,
  chunkIndex: number,
  finding: Finding,
  otherDataset: OpenDataset = dataset,
): LocatedFinding {
  const place = placeOf(dataset, chunkIndex, finding.span);
  if (!finding.other) return { finding, ...place };
  const record = locateRecord(otherDataset, finding.other);
  const message = withLine(finding.message, finding.other, record.range.start.line + 1);
  return { finding: { ...finding, message }, ...place, record };
}

/** So many problems of a dataset are told by a command that is not about them. */
const MOST_TOLD = 10;

/** Says on stderr what of the dataset cannot be read as it was meant; the rest of it is used. */
export function sayProblems(dataset: OpenDataset): void {
  const told = dataset.pipeline.document.chunks.flatMap(({ source, problems }, index) =>
    (source?.problems ?? problems).map(({ message, span }) => ({
      message,
      place: placeOf(dataset, index, span),
    })),
  );
  for (const { message, place } of told.slice(0, MOST_TOLD))
    process.stderr.write(`${placeText(place)} ${message}\n`);
  if (told.length > MOST_TOLD) {
    process.stderr.write(
      `${dataset.file} has ${told.length - MOST_TOLD} more problems: \`lint\` shows them.\n`,
    );
  }
}

/** Where a record of the dataset stands: its id. */
export function locateRecord(dataset: OpenDataset, source: RecordSource): Place {
  const { document } = dataset.pipeline;
  const first = document.find(source.record.id) as number;
  // An id may occur twice.
  const isFirst = document.chunks[first]?.source === source;
  const index = isFirst ? first : document.chunks.findIndex((chunk) => chunk.source === source);
  return placeOf(dataset, index, source.idSpan);
}

function placeOf({ file, pipeline: { document } }: OpenDataset, chunkIndex: number, span: Span): Place {
  const start = document.startOf(chunkIndex);
  const range = {
    start: document.positionAt(start + span.start),
    end: document.positionAt(start + span.end),
  };
  return { file, range };
}
