import { Pipeline, type Surroundings } from '../core/pipeline.ts';
import type { DatasetDocument } from '../core/records/document.ts';
import type { ReadAs } from '../core/records/read-as.ts';
import type { SplitTable } from '../core/records/types.ts';
import type { Store } from '../core/store/types.ts';
import { readImageFacts } from '../files/images.ts';
import { readSplits } from '../files/splits.ts';
import type { Settings } from '../protocol/settings.ts';
import { FindingIndex } from './finding-index.ts';

/** What a dataset is read with. */
export interface DatasetOptions {
  readonly store: Store | null;
  readonly rules: Settings['rules'];
  /** URI of the folder of the rules' pages. */
  readonly rulePages: string;
  /** How the records of the dataset at a path are read. */
  readonly readAs: (path: string) => ReadAs;
  readonly onProblem: (sentence: string) => void;
}

/** A dataset file, open or on disk, with what is known about it. */
export class Dataset {
  readonly uri: string;
  readonly path: string;
  readonly pipeline: Pipeline;
  readonly findings: FindingIndex;

  constructor(uri: string, path: string, document: DatasetDocument, options: DatasetOptions) {
    this.uri = uri;
    this.path = path;
    this.pipeline = new Pipeline(document, surroundings(path, options), options.store);
    this.findings = new FindingIndex(this.pipeline, options.rulePages);
  }

  get document(): DatasetDocument {
    return this.pipeline.document;
  }

  /** Reads anew what lies beside the dataset: images, splits; and takes the rules as they are set now. */
  surroundingsChanged(options: DatasetOptions): void {
    this.pipeline.surroundingsChanged(surroundings(this.path, options));
    this.findings.outdate(null);
  }

  /** Predictions of these records were stored or, when `records` is null, runs were deleted. */
  storeChanged(records: ReadonlySet<string> | null): void {
    this.pipeline.storeChanged();
    this.findings.outdate(records && (({ source }) => source !== null && records.has(source.record.id)));
  }
}

function surroundings(path: string, { rules, onProblem }: DatasetOptions): Surroundings {
  return { path, rules, splits: splitsOf(path, onProblem), image: (record) => readImageFacts(path, record) };
}

function splitsOf(path: string, onProblem: (sentence: string) => void): SplitTable | null {
  const { splits, problem } = readSplits(path);
  if (problem) onProblem(problem);
  return splits;
}
