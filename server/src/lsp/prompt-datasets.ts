import { dirname, resolve } from 'node:path';
import { missingDataset } from '../core/pipeline/prompty.ts';
import { datasetsIn, foldersNear } from '../files/dataset-places.ts';
import type { Dataset } from './dataset.ts';
import { stampOf } from './dataset-shelf.ts';
import type { Datasets } from './datasets.ts';

/** The dataset of a prompt file. */
interface Binding {
  /** As the front matter names it; null when it does not. */
  readonly named: string | null;
  readonly dataset: Dataset | null;
  /** One sentence why the named dataset is not to be had. */
  readonly problem: string | null;
  /** Of the named file, as it was looked for. */
  readonly stamp: string | null;
}

/** Which dataset each prompt file is for: the one that it names, else the likeliest beside or above it. */
export class PromptDatasets {
  private readonly datasets: Datasets;
  private readonly folders: () => readonly string[];
  /** By the prompt's path. */
  private readonly bound = new Map<string, Binding>();

  /** @param folders the workspace's, absolute */
  constructor(datasets: Datasets, folders: () => readonly string[]) {
    this.datasets = datasets;
    this.folders = folders;
  }

  /** @param named as the prompt file at `path` names it; null when it does not */
  of(path: string, named: string | null): Pick<Binding, 'dataset' | 'problem'> {
    const known = this.bound.get(path);
    if (known?.named === named && this.holds(known, path)) return known;
    const binding = named === null ? this.bindNear(path) : this.bindTo(path, named);
    this.bound.set(path, binding);
    return binding;
  }

  /** Files that look like datasets near a prompt file, the nearest and likeliest first. */
  near(path: string): string[] {
    return foldersNear(path, this.folders()).flatMap((folder) =>
      datasetsIn(folder, path, this.datasets.readAs),
    );
  }

  /** What had no dataset, or another, may have a new one. @param path null: every prompt file */
  forget(path: string | null): void {
    if (path === null) this.bound.clear();
    else this.bound.delete(path);
  }

  private holds({ named, dataset, stamp }: Binding, path: string): boolean {
    if (dataset) return this.datasets.isCurrent(dataset);
    return named === null || stampOf(resolve(dirname(path), named)) === stamp;
  }

  private bindTo(path: string, named: string): Binding {
    const target = resolve(dirname(path), named);
    const stamp = stampOf(target);
    try {
      return { named, dataset: this.datasets.at(target), problem: null, stamp };
    } catch (error) {
      const problem = stamp === 'absent' ? missingDataset(named) : (error as Error).message;
      return { named, dataset: null, problem, stamp };
    }
  }

  private bindNear(path: string): Binding {
    for (const folder of foldersNear(path, this.folders())) {
      for (const candidate of datasetsIn(folder, path, this.datasets.readAs)) {
        const dataset = this.datasets.atIfAny(candidate);
        if (dataset) return { named: null, dataset, problem: null, stamp: null };
      }
    }
    return { named: null, dataset: null, problem: null, stamp: null };
  }
}
