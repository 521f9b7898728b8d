/** The folder of a training run: what is frozen into it before it begins, and what the trainer puts there. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { ResolvedRecipe } from '../core/pipeline/recipes.ts';
import type { Example, Examples } from '../core/pipeline/training.ts';

/** What `run.yaml` says: the recipe with everything filled in and all paths absolute. */
export type RunSettings = ResolvedRecipe['settings'] & {
  readonly version: 1;
  readonly name: string;
  /** Absolute path of the recipe's file. */
  readonly recipe: string;
  /** Of the recipe: runs with the same one are the same training. */
  readonly digest: string;
};

/** Where things are in a run's folder. */
export const RUN_FILES = {
  settings: 'run.yaml',
  train: join('examples', 'train.jsonl'),
  evaluation: join('examples', 'evaluation.jsonl'),
  events: 'events.jsonl',
  batch: 'batch.json',
  stop: 'stop',
  process: 'trainer.json',
  log: 'trainer.log',
  onnx: 'onnx',
} as const;

/** Writes a run's frozen copies; a folder appears whole or not at all. */
export function writeRunFolder(folder: string, settings: RunSettings, examples: Examples): void {
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(partial, 'examples'), { recursive: true });
  writeFileSync(join(partial, RUN_FILES.settings), stringify(settings, { lineWidth: 0 }));
  writeFileSync(join(partial, RUN_FILES.train), lines(examples.train));
  writeFileSync(join(partial, RUN_FILES.evaluation), lines(examples.evaluation));
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
}

/** Whether the folder's frozen examples are these. */
export function hasExamples(folder: string, { train, evaluation }: Examples): boolean {
  const same = (file: string, examples: readonly Example[]) => {
    const path = join(folder, file);
    return existsSync(path) && readFileSync(path, 'utf8') === lines(examples);
  };
  return same(RUN_FILES.train, train) && same(RUN_FILES.evaluation, evaluation);
}

/** @throws Error with one sentence when the folder holds no run */
export function readRunSettings(folder: string): RunSettings {
  try {
    const settings = parse(readFileSync(join(folder, RUN_FILES.settings), 'utf8'));
    if (typeof settings?.digest === 'string') return settings;
  } catch {
    // Said below.
  }
  throw new Error(`${folder} is not a training run: its ${RUN_FILES.settings} is missing or cannot be read.`);
}

/** The examples of one of the folder's files. */
export function readExamples(folder: string, which: 'train' | 'evaluation'): Example[] {
  return readFileSync(join(folder, RUN_FILES[which]), 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Example]));
}

function lines(examples: readonly Example[]): string {
  return examples.map((example) => `${JSON.stringify(example)}\n`).join('');
}
