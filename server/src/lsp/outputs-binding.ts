import { basename } from 'node:path';
import type { ForeignOutput } from '../core/models/output-fields.ts';
import type { JoinWay } from '../core/models/output-join.ts';
import { chooseWay } from '../core/pipeline.ts';
import { count } from '../core/text.ts';
import { datasetsIn, foldersNear } from '../files/dataset-places.ts';
import type { Dataset } from './dataset.ts';
import { DatasetRows } from './dataset-rows.ts';
import type { Datasets } from './datasets.ts';

/** The dataset that outputs are judged against. */
export interface Binding {
  readonly dataset: Dataset;
  readonly rows: DatasetRows;
  readonly way: JoinWay;
}

/** Some outputs of a file, by which its dataset is found. */
export interface Sample {
  /** Of the outputs file. */
  readonly path: string;
  readonly outputs: readonly ForeignOutput[];
  /** How many outputs the whole file has. */
  readonly lines: number;
}

/** A dataset that could be meant, and how many of the sample's outputs name a record of it. */
export interface Candidate extends Binding {
  readonly matched: number;
}

/** Binds outputs to the dataset the user has named; a sentence when that does not work. */
export function bindTo(path: string, sample: Sample, datasets: Datasets): Binding | string {
  let dataset: Dataset;
  try {
    dataset = datasets.at(path);
  } catch (error) {
    return `These outputs cannot be judged: ${error instanceof Error ? error.message : String(error)}`;
  }
  const candidate = candidateOf(dataset, sample);
  if (candidate) return candidate;
  const records = count([...dataset.document.records()].length, 'record');
  return `These outputs do not belong to ${basename(path)}: none of the ${sample.outputs.length} that were looked at names one of its ${records}.`;
}

/**
 * Finds the dataset in the outputs file's own folder or the nearest one above whose records the outputs name;
 * a sentence when there is none. It never guesses: half of the ids must be there or, without ids, the file
 * must have a line for each record.
 */
export function bindNear(sample: Sample, folders: readonly string[], datasets: Datasets): Binding | string {
  for (const folder of foldersNear(sample.path, folders)) {
    const found = datasetsIn(folder, sample.path, datasets.readAs).flatMap((path) => {
      const dataset = datasets.atIfAny(path);
      return (dataset && candidateOf(dataset, sample)) ?? [];
    });
    const sure = found.filter((candidate) => isSure(candidate, sample));
    const [best] = sure.sort((a, b) => b.matched - a.matched);
    if (best) return best;
  }
  return 'These outputs are not judged yet: no dataset in this folder or above it has their records. Choose it with “Rationale: Judge This Outputs File…”.';
}

/** Every dataset near the outputs file or open in the editor, the nearest first, whether it fits or not. */
export function candidatesNear(
  sample: Sample,
  folders: readonly string[],
  datasets: Datasets,
): { readonly dataset: Dataset; readonly candidate: Candidate | null }[] {
  const near = foldersNear(sample.path, folders).flatMap((folder) =>
    datasetsIn(folder, sample.path, datasets.readAs),
  );
  const paths = new Set([...near, ...datasets.openPaths]);
  return [...paths].flatMap((path) => {
    const dataset = datasets.atIfAny(path);
    return dataset ? [{ dataset, candidate: candidateOf(dataset, sample) }] : [];
  });
}

function candidateOf(dataset: Dataset, { outputs, lines }: Sample): Candidate | null {
  const rows = new DatasetRows(dataset.document);
  const best = chooseWay(outputs, rows, lines);
  return best && { dataset, rows, way: best.way, matched: best.matched };
}

function isSure({ way, matched, rows }: Candidate, { outputs, lines }: Sample): boolean {
  return way.kind === 'id' ? matched * 2 >= outputs.length : lines === rows.count;
}
