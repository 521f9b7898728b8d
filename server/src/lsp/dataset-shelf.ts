import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { looksLikeDataset } from '../core/pipeline/shapes.ts';
import { DatasetDocument } from '../core/records/document.ts';
import { readTextFile } from '../files/text-file.ts';
import { Dataset, type DatasetOptions } from './dataset.ts';

/** A dataset of 60 MB takes some hundred megabytes of memory. */
const KEPT = 2;

/** Datasets that are used without being open in the editor, as they are on disk. */
export class DatasetShelf {
  private readonly kept = new Map<string, { readonly stamp: string; readonly dataset: Dataset }>();

  /**
   * Reads the file unless it is known already and unchanged.
   * @throws Error whose message is one sentence, when it cannot be read or is no dataset
   */
  get(path: string, options: DatasetOptions): Dataset {
    const stamp = stampOf(path);
    const known = this.kept.get(path);
    if (known?.stamp === stamp) return known.dataset;
    const document = DatasetDocument.create(readTextFile(path), options.readAs(path));
    if (!looksLikeDataset(document)) throw new Error(notADataset(path));
    const dataset = new Dataset(pathToFileURL(path).href, path, document, options);
    this.kept.delete(path);
    this.kept.set(path, { stamp, dataset });
    for (const oldest of [...this.kept.keys()].slice(0, -KEPT)) this.kept.delete(oldest);
    return dataset;
  }

  /** Forgets everything: settings, store or surroundings are not what they were. */
  clear(): void {
    this.kept.clear();
  }

  /** Those at hand that were read from this path. */
  at(path: string): readonly Dataset[] {
    const known = this.kept.get(path);
    return known ? [known.dataset] : [];
  }
}

export function notADataset(path: string): string {
  return `${basename(path)} is not a dataset: no record with a question and choices was found in it.`;
}

/** Differs when the file does. */
export function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs} ${stat.size}` : 'absent';
}
