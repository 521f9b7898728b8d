import { relative } from 'node:path';
import type { RunReport } from '../core/pipeline.ts';
import type { RunCard, Store } from '../core/store/types.ts';
import { UsageError } from './exit.ts';
import { type OpenDataset, openDataset } from './open-dataset.ts';

/** A stored run's numbers, and the dataset they were taken of. */
export interface StoredReport {
  readonly report: RunReport;
  readonly dataset: OpenDataset;
}

/** The stored run of that name. Throws one sentence that lists what is stored. */
export function storedRun(store: Store, name: string): RunCard {
  const run = store.run(name);
  if (run) return run;
  const known = listedRuns(store)
    .map(({ id }) => id)
    .join(', ');
  throw new UsageError(
    `There is no run "${name}"${known ? `: stored are ${known}` : ', and none is stored yet'}.`,
  );
}

/** The runs that people asked for by themselves, newest first. */
export function listedRuns(store: Store): RunCard[] {
  return store.runs().filter(({ purpose }) => purpose === 'run');
}

/** The numbers of stored runs, taken of their datasets as they stand now; each dataset is read once. */
export function reportRuns(store: Store, runs: readonly RunCard[]): StoredReport[] {
  const datasets = new Map<string, OpenDataset>();
  return runs.map((run) => {
    const dataset = datasets.get(run.dataset) ?? openDataset(shortest(run.dataset), store);
    datasets.set(run.dataset, dataset);
    return { report: dataset.pipeline.report(run), dataset };
  });
}

/** A path as a person here would write it. */
function shortest(path: string): string {
  const way = relative(process.cwd(), path);
  return way.startsWith('..') ? path : way;
}
