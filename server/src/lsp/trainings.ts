import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Store } from '../core/store/types.ts';
import type { MeasuredCost } from '../core/training/events.ts';
import { namedRecipe } from '../files/recipe-places.ts';
import { shippedTrainer } from '../files/shipped.ts';
import { readTextFile } from '../files/text-file.ts';
import type { Settings } from '../protocol/settings.ts';
import type { BatchRow, TrainingRow, TrainingView, TrainParams, TrainResult } from '../protocol/training.ts';
import { ownEnvironment } from '../storage/location.ts';
import { follow } from '../training/follow.ts';
import { prepareRun } from '../training/prepare.ts';
import { findPython, missingPackages, pythonWords } from '../training/python.ts';
import { RUN_FILES } from '../training/run-folder.ts';
import { askToStop, pythonOf, sbatchOf, startTrainer } from '../training/trainer-process.ts';
import { TrainingRun } from '../training/training-run.ts';
import type { Client } from './client.ts';
import { pathOf } from './open-document.ts';
import type { RecipeFiles } from './recipe-files.ts';
import { trainingRow, trainingView } from './training-view.ts';

/** The trainer never removes a checkpoint that holds a file of this name. */
const PIN = 'pinned';

/** What a trainer that was just started gets to say its first word. Milliseconds. */
const FIRST_WORD = 500;

/** What trainings need of the session. */
interface Surroundings {
  readonly client: Client;
  readonly recipes: RecipeFiles;
  readonly training: Pick<Settings, 'python' | 'sbatch'> & { readonly folders: readonly string[] };
  store(): Store;
  storeIfAny(): Store | null;
}

/** The training runs of the store: started, followed while they train, wherever they were started. */
export class Trainings {
  private readonly session: Surroundings;
  private readonly known = new Map<string, TrainingRun>();
  private readonly followed = new Set<string>();
  private readonly leave = new AbortController();

  constructor(session: Surroundings) {
    this.session = session;
  }

  /** Newest first. Runs whose folder is gone are left out. */
  list(): TrainingRow[] {
    const store = this.session.storeIfAny();
    return (store?.trainings() ?? []).flatMap((folder) => {
      const run = this.runIfAny(folder);
      return run ? [trainingRow(run)] : [];
    });
  }

  /** @throws Error with one sentence when the folder holds no run */
  view(folder: string): TrainingView {
    return trainingView(this.run(folder));
  }

  batch(folder: string): readonly BatchRow[] {
    const path = join(folder, RUN_FILES.batch);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).rows : [];
  }

  /** What the newest check or run of a recipe found that it costs; null when there was none. */
  measured(recipe: string): MeasuredCost | null {
    const path = pathOf(recipe);
    if (path === null) return null;
    const looked = this.runsOf(path).find(({ history }) => history.preflight?.cost);
    return looked?.history.preflight?.cost ?? null;
  }

  /** Keeps a run's last checkpoint for good. @throws Error with one sentence when there is none */
  pin(folder: string): void {
    const { checkpoint } = this.run(folder).history;
    if (!checkpoint) throw new Error('There is no checkpoint yet.');
    writeFileSync(join(folder, checkpoint.folder, PIN), '');
  }

  /**
   * Starts, or goes on with, the training that a recipe or a run's folder means, unless it is at work already.
   * @throws Error with one sentence when it cannot be trained
   */
  async train({ uri, run: name, pythons = [], check = false, on }: TrainParams): Promise<TrainResult> {
    const store = this.session.store(); // Says why not, before anything is begun.
    const path = pathOf(uri);
    if (path === null) throw new Error(`${uri} is not a file.`);
    const isRun = existsSync(join(path, RUN_FILES.settings));
    const { python: named, folders, sbatch } = this.session.training;
    const own = ownEnvironment();
    const probe = await findPython(
      {
        ...{ named: named || null, before: isRun ? pythonOf(path) : this.pythonBefore(path) },
        ...{ offered: pythons, from: [dirname(path), ...folders], own },
      },
      shippedTrainer,
    );
    const packages = probe ? missingPackages(probe) : [];
    if (!probe || packages.length > 0) return { missing: { python: probe?.path ?? null, packages } };
    this.session.client.log(pythonWords(probe));
    const prepared = isRun ? { folder: path, notices: [] } : this.prepare(path, name);
    const { folder } = prepared;
    store.addTraining(folder, new Date().toISOString());
    const { state } = this.fresh(folder);
    if (state !== 'running' && (check || state !== 'finished')) {
      const slurm = on === 'slurm' ? sbatch : on === 'local' ? null : sbatchOf(folder);
      await startTrainer(folder, probe.path, shippedTrainer, { check, ...(slurm ? { slurm } : {}) });
      await wait(FIRST_WORD);
    }
    this.followRun(folder);
    this.session.client.tellChanged({ uri: null, what: 'trainings' });
    return { folder: pathToFileURL(folder).href, notices: prepared.notices };
  }

  /** @throws Error with one sentence when it is not training */
  stop(folder: string): void {
    if (this.run(folder).state !== 'running') throw new Error('This run is not being trained.');
    askToStop(folder);
  }

  /** Takes a run off the list; its folder stays. @throws Error with one sentence while it trains */
  forget(folder: string, store: Store): void {
    if (this.runIfAny(folder)?.state === 'running')
      throw new Error('This run is being trained: stop it first.');
    store.removeTraining(folder);
    this.known.delete(folder);
    this.session.client.tellChanged({ uri: null, what: 'trainings' });
    this.session.client.tellChanged({ uri: null, what: 'models' });
  }

  /** The trainers go on; only nobody here listens any more. */
  end(): void {
    this.leave.abort();
  }

  /** What has trained the newest run of a recipe; null when nothing has, or when the user has named another. */
  private pythonBefore(recipe: string): string | null {
    if (this.session.training.python) return null;
    const pythons = this.runsOf(recipe).map(({ folder }) => pythonOf(folder));
    return pythons.find((python) => python !== null) ?? null;
  }

  /** The runs of a recipe, newest first. */
  private runsOf(recipe: string): TrainingRun[] {
    // Runs lie beside their recipe: others need not be read.
    return (this.session.storeIfAny()?.trainings() ?? [])
      .filter((folder) => dirname(dirname(folder)) === dirname(recipe))
      .flatMap((folder) => this.runIfAny(folder) ?? [])
      .filter(({ settings }) => settings.recipe === recipe);
  }

  private prepare(path: string, name: string | undefined) {
    const open = this.session.recipes.open(pathToFileURL(path).href);
    const recipe = open?.recipe ?? namedRecipe(path, readTextFile(path));
    return prepareRun(path, recipe, this.session.recipes.aroundAt(path), name);
  }

  private run(folder: string): TrainingRun {
    const known = this.known.get(folder) ?? new TrainingRun(folder);
    this.known.set(folder, known);
    known.events.read();
    if (known.state === 'running') this.followRun(folder);
    return known;
  }

  private runIfAny(folder: string): TrainingRun | null {
    try {
      return this.run(folder);
    } catch {
      this.known.delete(folder);
      return null;
    }
  }

  /** What was prepared anew has another history than what was known. */
  private fresh(folder: string): TrainingRun {
    if (!this.followed.has(folder)) this.known.delete(folder);
    return this.run(folder);
  }

  /** Tells the views as the run goes on, until it ends. */
  private followRun(folder: string): void {
    if (this.followed.has(folder)) return;
    this.followed.add(folder);
    void this.follow(folder).catch((error) =>
      this.session.client.logError('Following a training failed', error),
    );
  }

  private async follow(folder: string): Promise<void> {
    const { client } = this.session;
    const run = this.known.get(folder) ?? new TrainingRun(folder);
    this.known.set(folder, run);
    const uri = pathToFileURL(folder).href;
    try {
      for await (const events of follow(folder, run.events, this.leave.signal)) {
        client.tellChanged({ uri, what: 'trainings' });
        // The cost stands on the recipe's first line.
        if (events.some(({ type }) => type === 'preflight')) client.refreshFindings();
        if (events.some(({ type }) => type === 'exported')) client.tellChanged({ uri: null, what: 'models' });
      }
    } finally {
      this.followed.delete(folder);
    }
    client.tellChanged({ uri, what: 'trainings' });
    client.tellChanged({ uri: null, what: 'models' });
  }
}
