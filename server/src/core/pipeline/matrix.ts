/** The matrix: many ways of asking several models, on the same records. */
import { beaten, RACE_EVERY, RACE_RULE } from '../metrics/race.ts';
import type { Model, ModelCard } from '../models/types.ts';
import type { Pipeline } from '../pipeline.ts';
import { ORDERS, STRATEGY_IDS } from '../prompts/asking.ts';
import { OUTPUT_FORMATS } from '../prompts/formats/index.ts';
import { AS_WRITTEN, cellText, distinctSettings, promptCells, unfairness } from '../prompts/grid.ts';
import type { PromptFile } from '../prompts/types.ts';
import { templateUses } from '../prompts/uses.ts';
import { SETTINGS } from '../prompts/variables.ts';
import { byHash } from '../records/sample.ts';
import { VARIATIONS } from '../records/variations/index.ts';
import type { RunCard } from '../store/types.ts';
import { cellResult, finished, rightness } from './cells.ts';
import type {
  CellResult,
  CellState,
  MatrixCell,
  MatrixOptions,
  MatrixProgress,
  MatrixResult,
} from './matrix-types.ts';
import { usablePrompt } from './prompts.ts';
import type { AnnotateJob, AnnotateOptions, Clock, RunReport } from './types.ts';

export { RACE_RULE } from '../metrics/race.ts';

/** Every value of every axis. */
export const AXES = {
  settings: SETTINGS,
  strategies: [AS_WRITTEN, ...STRATEGY_IDS],
  formats: OUTPUT_FORMATS.map(({ id }) => id),
  orders: ORDERS,
} as const;

/** The variations by name, in words. */
export const VARIATION_WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  VARIATIONS.map(({ id, what }) => [id, what]),
);

/** A cell and how far it is. */
interface Work {
  readonly cell: MatrixCell;
  readonly card: ModelCard;
  readonly text: string;
  readonly unfair: string | null;
  state: CellState;
  why: string | null;
  /** By the name of a variation; the records as they are written under the empty name. */
  readonly runs: Map<string, RunCard>;
  /** Answers there are and answers there will be, by the same names. */
  readonly done: Map<string, number>;
  readonly totals: Map<string, number>;
  result: CellResult;
}

/**
 * One matrix on one dataset. Every cell is a run like any other, so that asking again goes on where it stopped, and
 * what another run has asked before is not asked again.
 */
export class Matrix {
  readonly work: readonly Work[];
  private readonly pipeline: Pipeline;
  private readonly options: MatrixOptions;
  private readonly file: PromptFile;
  /** Ids of the records, in the order in which a race runs them. */
  private readonly records: readonly string[];
  private generated = 0;

  /** Works out the cells, and every prompt. @throws Error with one sentence when nothing can be asked */
  constructor(pipeline: Pipeline, options: MatrixOptions) {
    this.pipeline = pipeline;
    this.options = options;
    this.file = usablePrompt(options.prompt);
    const ids = pipeline.selectedIds(options);
    this.records = options.racing ? byHash(ids, (id) => id, options.sample?.seed ?? 0) : ids;
    const cells = promptCells(this.file, options.axes);
    this.work = options.models.flatMap((card) =>
      cells.map((cell): Work => {
        const whole = { ...cell, model: card.id };
        return {
          ...{
            cell: whole,
            card,
            state: 'waiting',
            why: null,
            runs: new Map(),
            done: new Map(),
            totals: new Map(),
          },
          text: cellText(options.prompt.text, cell),
          unfair: unfairness(this.file, cell.setting),
          result: cellResult({ cell: whole, total: ids.length }),
        };
      }),
    );
    for (const work of this.work) this.look(work);
    if (this.work.every(({ state }) => state === 'failed'))
      throw new Error(this.work[0]?.why ?? 'There is no cell.');
  }

  get cells(): readonly CellResult[] {
    return this.work.map(({ result }) => result);
  }

  /** Answers of the whole matrix. */
  get total(): number {
    return sum(this.work.flatMap(({ totals }) => [...totals.values()]));
  }

  /**
   * Asks what is not known yet.
   *
   * @param open opens a model; each is opened once, when it is first asked, and closed when its cells are done
   */
  async *run(
    open: (card: ModelCard) => Promise<Model>,
    signal: AbortSignal,
    clock: Clock,
  ): AsyncIterable<MatrixProgress> {
    for (const cells of Map.groupBy(this.work, ({ card }) => card.id).values()) {
      const model = new KeptOpen(() => open((cells[0] as Work).card));
      try {
        yield* this.race(cells, model, signal, clock);
        for (const work of cells) {
          if (work.state !== 'done') continue;
          for (const name of this.options.variations.filter((one) => work.runs.has(one))) {
            yield* this.ask(work, name, this.records, model, signal, clock);
          }
        }
      } finally {
        await model.close();
      }
      yield this.progress(cells[0] as Work, '', this.compare(cells));
    }
  }

  result(): MatrixResult {
    const { prompt, split, sample, axes, models } = this.options;
    for (const cells of Map.groupBy(this.work, ({ card }) => card.id).values()) this.compare(cells);
    return {
      prompt: prompt.name,
      dataset: this.pipeline.surroundings.path,
      ...{ split, sample, axes },
      records: this.records.length,
      models: models.map(({ id }) => id),
      cells: this.cells,
      notes: this.notes(),
    };
  }

  /** The prompt file of the best fair cell, of one model or of all. */
  best(
    model?: string,
  ): { readonly cell: MatrixCell; readonly text: string; readonly result: CellResult } | null {
    const found = this.work
      .filter(({ result, cell }) => result.isBest && (model === undefined || cell.model === model))
      .sort((a, b) => b.result.accuracy.value - a.result.accuracy.value)[0];
    return found ? { cell: found.cell, text: found.text, result: found.result } : null;
  }

  /** The records of a cell's run, judged: to go from a cell to those that failed. */
  reportOf(cell: MatrixCell, variation = ''): RunReport | null {
    const work = this.work.find((one) => one.cell.id === cell.id && one.cell.model === cell.model);
    const run = work?.runs.get(variation);
    return run ? this.pipeline.report(this.pipeline.storedRun(run.id) ?? run) : null;
  }

  private get names(): readonly string[] {
    return ['', ...this.options.variations];
  }

  /** All cells of a model, side by side in blocks when they race, one after the other when they do not. */
  private async *race(
    cells: readonly Work[],
    model: KeptOpen,
    signal: AbortSignal,
    clock: Clock,
  ): AsyncIterable<MatrixProgress> {
    const { racing } = this.options;
    const step = racing ? RACE_EVERY : this.records.length;
    const looks = Math.ceil(this.records.length / step);
    for (let look = 1; look <= looks; look++) {
      const block = this.records.slice(0, look * step);
      for (const work of cells) {
        if (signal.aborted) return;
        if (work.state === 'waiting' || work.state === 'running') {
          yield* this.ask(work, '', block, model, signal, clock);
        }
      }
      if (look < looks) this.stopBeaten(cells, (looks - 1) * cells.length, block.length);
    }
  }

  private stopBeaten(cells: readonly Work[], tests: number, n: number): void {
    const running = cells.filter(({ state }) => state === 'running');
    const racers = running.map((work) => ({
      id: work.cell.id,
      isFair: work.unfair === null,
      right: rightness(this.reportOf(work.cell)),
    }));
    const losing = beaten(racers, tests);
    for (const work of running) {
      if (!losing.has(work.cell.id)) continue;
      work.state = 'stopped';
      work.why = `Stopped after ${n} records: it can hardly win any more.`;
      this.refresh(work);
    }
  }

  /** One run of a cell, as far as the block goes. */
  private async *ask(
    work: Work,
    variation: string,
    block: readonly string[],
    model: KeptOpen,
    signal: AbortSignal,
    clock: Clock,
  ): AsyncIterable<MatrixProgress> {
    if (signal.aborted) return;
    work.state = variation === '' ? 'running' : work.state;
    const job = this.plan(work, variation, clock.date(), block);
    let before = 0;
    for await (const step of this.pipeline.annotate(job, () => model.open(), signal, clock)) {
      work.done.set(variation, step.done);
      this.generated += step.generated - before;
      before = step.generated;
      this.refresh(work);
      yield this.progress(work, step.query?.name ?? variation, [work.result]);
    }
    const isWhole = variation === '' && block.length === this.records.length && !signal.aborted;
    if (isWhole) work.state = 'done';
    this.refresh(work);
    yield this.progress(work, '', [work.result]);
  }

  /** Finds what is stored of a cell already. */
  private look(work: Work): void {
    for (const name of this.names) {
      try {
        const job = this.plan(work, name, new Date(0).toISOString(), this.records);
        work.runs.set(name, job.run);
        work.done.set(name, job.stored);
        work.totals.set(name, job.total);
      } catch (error) {
        // A variation that can change none of the records has no run.
        if (name !== '') continue;
        work.state = 'failed';
        work.why = error instanceof Error ? error.message : String(error);
        break;
      }
    }
    this.refresh(work);
  }

  private plan(work: Work, variation: string, date: string, block: readonly string[]): AnnotateJob {
    const { decoding, split, sample } = this.options;
    const options: AnnotateOptions = {
      model: work.card,
      prompt: { name: `${this.options.prompt.name}-${work.cell.id.replaceAll(' ', '-')}`, text: work.text },
      decoding,
      split,
      ...(sample && { sample }),
      ...(block.length < this.records.length && { records: block }),
      ...(variation !== '' && { variation }),
      purpose: 'matrix',
    };
    return this.pipeline.plan(options, date);
  }

  private refresh(work: Work): void {
    const { cell, state, why, unfair } = work;
    const report = this.reportOf(cell);
    const varied = this.options.variations.map((name) => [name, this.reportOf(cell, name)] as const);
    const { isBest, pAgainstBest } = work.result;
    work.result = cellResult({
      cell,
      state,
      why,
      unfair,
      total: this.records.length,
      report,
      varied,
      isBest,
      pAgainstBest,
    });
  }

  /** Finds the best fair cell of a model, and holds the others against it. */
  private compare(cells: readonly Work[]): readonly CellResult[] {
    const results = finished(
      cells.map(({ result, cell }) => ({ result, right: rightness(this.reportOf(cell)) })),
    );
    cells.forEach((work, i) => {
      work.result = results[i] as CellResult;
    });
    return results;
  }

  private progress({ cell }: Work, part: string, changed: readonly CellResult[]): MatrixProgress {
    const done = sum(
      this.work.flatMap(({ state, done, totals }) => [...(state === 'stopped' ? totals : done).values()]),
    );
    return {
      cell: cell.id,
      model: cell.model,
      part,
      done,
      total: this.total,
      generated: this.generated,
      changed,
    };
  }

  private notes(): string[] {
    const { axes, racing, sample, models, decoding } = this.options;
    const fair = this.work.filter(({ unfair }) => unfair === null).length / models.length;
    const unfair = this.work.filter((work) => work.unfair !== null).length;
    const same = distinctSettings(this.file, axes.settings).filter(({ length }) => length > 1);
    const isAsking = this.file.strategy === null && axes.strategies.some((name) => name !== AS_WRITTEN);
    return [
      ...(sample
        ? [
            `All cells answer the same ${this.records.length} records, each topic in its share (seed ${sample.seed}).`,
          ]
        : []),
      ...(fair > 1
        ? [
            `The best of a model’s ${fair} fair cells was chosen on these very records: its accuracy is optimistic, and should be measured again on others.`,
          ]
        : []),
      ...(unfair > 0
        ? [
            `${unfair} ${unfair === 1 ? 'cell holds' : 'cells hold'} the solution or the answer: their accuracy is no fair claim, and none of them can be best.`,
          ]
        : []),
      ...same.map(
        ([first, ...others]) =>
          `The template shows the same in setting ${others.join(' and ')} as in setting ${first}: it is asked once.`,
      ),
      ...(isAsking && asksItself(this.file)
        ? ['The template itself says what the output must look like, and every strategy says it once more.']
        : []),
      ...(decoding.constrained
        ? [
            'Each output was held to the format of its cell: coverage says nothing of what a model would keep to by itself.',
          ]
        : []),
      ...(racing ? [RACE_RULE] : []),
    ];
  }
}

/** True for a template that names stage tags, JSON or a letter. */
function asksItself(file: PromptFile): boolean {
  const said = templateUses(file)?.text ?? '';
  return /<(?:SUMMARY|CAPTION|REASONING|CONCLUSION)>|\bjson\b|\bletter\b/i.test(said);
}

/** A model that is opened when first asked for, and stays open until all cells are done. */
class KeptOpen {
  private readonly start: () => Promise<Model>;
  private model: Promise<Model> | null = null;

  constructor(start: () => Promise<Model>) {
    this.start = start;
  }

  /** For one run, which may close it. */
  async open(): Promise<Model> {
    this.model ??= this.start();
    const model = await this.model;
    return {
      card: model.card,
      device: model.device,
      generate: (...args) => model.generate(...args),
      close: async () => {},
    };
  }

  async close(): Promise<void> {
    // One that could not be opened has nothing to close.
    await (await this.model?.catch(() => null))?.close();
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
