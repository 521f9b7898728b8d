/**
 * The straight line: records → prompts → models → rationales → judgements → metrics → store → annotations.
 * The editor, the command line and the tests all come through here; no stage calls another by itself.
 */
import type { Finding } from './annotations/types.ts';
import type { FaithfulnessScores } from './metrics/faithfulness.ts';
import type { Model, PartialOutput, Prediction } from './models/types.ts';
import { Sitting } from './pipeline/annotate.ts';
import { Judging } from './pipeline/judging.ts';
import { Measures } from './pipeline/measures.ts';
import { type Failures, Planner, runCardOf } from './pipeline/planning.ts';
import { type ComposedPrompt, Prompts, readPrompt } from './pipeline/prompts.ts';
import { type Comparison, RecordChecks } from './pipeline/records.ts';
import { Reports } from './pipeline/reports.ts';
import { RecordResults } from './pipeline/results.ts';
import { type Selection, someRecords } from './pipeline/selection.ts';
import { Tests } from './pipeline/tests.ts';
import type {
  AnnotateJob,
  AnnotateOptions,
  AnnotateProgress,
  Clock,
  NamedPrompt,
  RecordResult,
  RunNumbers,
  RunReport,
  Surroundings,
} from './pipeline/types.ts';
import type { Message, Setting } from './prompts/types.ts';
import type { DatasetDocument } from './records/document.ts';
import type { Chunk, RecordSource } from './records/types.ts';
import { StoredRuns } from './store/stored-runs.ts';
import type { RunCard, Store } from './store/types.ts';

/** For judging outputs made elsewhere, which never pass through a model of ours. */
export { assumedBase } from './judgements/assumed-base.ts';
export { readAll } from './judgements/read-all.ts';
export { READERS } from './judgements/readers/index.ts';
export { calibration } from './metrics/calibration.ts';
export { report as reportOf } from './metrics/report.ts';
export { passAt } from './metrics/samples.ts';
export { DIMENSIONS } from './metrics/slices.ts';
export { textMetrics } from './metrics/text/index.ts';
export { comparedTexts, textReport } from './metrics/text/report.ts';
export { studyOverall } from './metrics/text/study-overall.ts';
export { recordReference, stagedText } from './metrics/text/texts.ts';
export { parseWordNet } from './metrics/text/wordnet.ts';
export { findOutputField, OUTPUT_FIELDS, shapeOf } from './models/output-fields.ts';
export { chooseWay, joinOutputs, nameOf } from './models/output-join.ts';
export { fieldsOfChunk, readOutputs } from './models/output-source.ts';
export { foreignPrediction, formatOf, readOutputsFile } from './models/outputs-file.ts';
export { opinionOf } from './pipeline/judging.ts';
export type {
  AnnotateJob,
  AnnotateOptions,
  AnnotateProgress,
  Asked,
  JudgedOutput,
  NamedPrompt,
  RecordResult,
  RunReport,
  Surroundings,
} from './pipeline/types.ts';
/** For reading datasets whose fields have other names. */
export { readFieldMap, readFieldMaps } from './records/field-map.ts';

/** One open dataset and everything that is known about it. */
export class Pipeline {
  readonly document: DatasetDocument;
  readonly measures: Measures;
  readonly judging: Judging;
  /** Scores that test whether answers follow from rationales. */
  readonly tests: Tests;
  private around: Surroundings;
  private readonly store: Store | null;
  private readonly runs: StoredRuns;
  private readonly records: RecordChecks;
  private readonly prompts: Prompts;
  private readonly planner: Planner;
  private readonly recordResults: RecordResults;
  private readonly reports: Reports;

  constructor(document: DatasetDocument, around: Surroundings, store: Store | null) {
    this.document = document;
    this.around = around;
    this.store = store;
    this.runs = new StoredRuns(store, around.path);
    this.records = new RecordChecks(document, around);
    this.measures = new Measures(document, around);
    this.tests = new Tests(store);
    this.judging = new Judging(around, (prediction, choice) => this.tests.of(prediction, choice));
    this.prompts = new Prompts(around, document, store);
    this.planner = new Planner(this.prompts, store);
    this.recordResults = new RecordResults(document, this.runs, this.prompts, this.judging);
    const { runs, recordResults: results } = this;
    this.reports = new Reports(around, document, store, { runs, results });
  }

  get surroundings(): Surroundings {
    return this.around;
  }

  /** Tells the pipeline that images, splits or rule settings are no longer what they were. */
  surroundingsChanged(around: Surroundings): void {
    this.around = around;
    this.records.surroundingsChanged(around);
    this.prompts.surroundingsChanged(around);
    this.measures.surroundingsChanged(around);
    this.judging.surroundingsChanged(around);
    this.reports.surroundingsChanged(around);
    this.recordResults.forget();
  }

  /** Tells the pipeline that runs were stored or deleted behind its back. */
  storeChanged(): void {
    this.runs.outdate();
    this.recordResults.outdate();
  }

  /** What the rules say of the record itself, without any model. */
  checkRecord(chunk: Chunk): readonly Finding[] {
    return this.records.check(chunk);
  }

  /**
   * Compares the records with each other; until it is done, the rules know only of likenesses found so far. The
   * command line does it at one go, the editor bit by bit when all else is checked.
   *
   * @param mayGoOn asked before each record
   */
  compareRecords(mayGoOn: () => boolean = () => true): Comparison {
    return this.records.compare(mayGoOn);
  }

  /**
   * What a model is shown for a record with a prompt file, query by query.
   *
   * @param setting in place of the prompt file's own
   * @param isMarked whether texts say which variables they were made of
   */
  compose(
    prompt: NamedPrompt,
    source: RecordSource,
    { setting, isMarked }: { readonly setting?: Setting; readonly isMarked?: boolean } = {},
  ): ComposedPrompt {
    const file = readPrompt(prompt);
    return this.prompts.compose(file, source, setting ?? file.setting, isMarked);
  }

  /** The splits that the records name, with their number of records, in order of appearance. */
  splitCounts(): ReadonlyMap<string, number> {
    return this.measures.counts().splits;
  }

  /** The ids of the records that are selected. @throws Error with one sentence when there are none */
  selectedIds(selection: Pick<Selection, 'split' | 'sample'>): string[] {
    return this.selected(selection).map(({ source }) => (source as RecordSource).record.id);
  }

  /**
   * Works out what has to be run.
   * @param failures requests that are not tried again
   * @throws Error with one sentence when the prompt file or the selection is unusable
   */
  plan(options: AnnotateOptions, startedAt: string, failures?: Failures): AnnotateJob {
    const run = runCardOf(this.around, options, startedAt);
    const chosen = this.selected(options);
    const { cascade } = options;
    const asked = cascade ? chosen.filter((chunk) => this.reports.isSent(chunk, cascade)) : chosen;
    return this.planner.plan(run, asked, options, failures);
  }

  /**
   * Runs what the plan left to do, storing predictions as they come: after a crash or a cancel the next plan
   * goes on where this one stopped.
   *
   * @param onPartial told what is written so far, where the model can tell
   */
  async *annotate(
    job: AnnotateJob,
    open: () => Promise<Model>,
    signal: AbortSignal,
    clock: Clock,
    onPartial?: (partial: PartialOutput) => void,
  ): AsyncIterable<AnnotateProgress> {
    const { store } = this;
    if (!store) throw new Error('There is no place to store predictions.');
    store.openRun(job.run);
    store.updateRun(job.run.id, { finishedAt: null });
    this.storeChanged();
    const sitting = new Sitting(job, this.planner, store, clock.seconds, () => this.recordResults.outdate());
    yield* sitting.settle();
    if (sitting.isOpen) {
      const model = await open();
      sitting.begin(model.device);
      try {
        const { decoding } = job.run;
        while (sitting.isOpen && !signal.aborted) {
          for await (const prediction of model.generate(sitting.requests(), decoding, signal, onPartial)) {
            const progress = sitting.take(prediction);
            if (progress) yield progress;
          }
          yield sitting.flush();
          if (!sitting.hasMore) break;
          yield* sitting.proceed(this.plan(job.options, job.run.startedAt, sitting.failures));
        }
      } finally {
        // Whoever stops listening, or a run that breaks off, loses nothing either.
        try {
          sitting.flush();
        } finally {
          await model.close();
        }
      }
    }
    if (!signal.aborted && sitting.isComplete) store.updateRun(job.run.id, { finishedAt: clock.date() });
    yield sitting.progress();
  }

  /** What each model's newest run says of the record as it stands; teacher first. Stale results are not shown. */
  results(chunk: Chunk): readonly RecordResult[] {
    return this.recordResults.of(chunk);
  }

  /** Everything to be said of a record: its own findings, then each model's. */
  findings(chunk: Chunk): readonly Finding[] {
    return [...this.checkRecord(chunk), ...this.recordResults.findings(chunk)];
  }

  /** The numbers of a stored run, taken of the dataset as it stands now. */
  report(run: RunCard): RunReport {
    return this.reports.of(run);
  }

  /** The same without the results of single records. */
  numbers(run: RunCard): RunNumbers {
    return this.reports.numbers(run);
  }

  /** What a run has for a record as the record stands; null when it has nothing. */
  answer(run: RunCard, recordId: string): { source: RecordSource; result: RecordResult } | null {
    return this.recordResults.answer(run, recordId);
  }

  /** The card of a stored run of this dataset as it is now; null when there is none. */
  storedRun(id: string): RunCard | null {
    return this.store?.run(id) ?? null;
  }

  /** The models that have a stored run with the prompt of this name. */
  modelsRunWith(prompt: string): readonly string[] {
    const runs = this.runs.cards().filter((card) => card.prompt === prompt);
    return [...new Set(runs.map((card) => card.model))];
  }

  /**
   * What a run's model was shown when it said this.
   * @throws Error with one sentence, when it is nothing that the run has of the record as it stands
   */
  messagesOf(run: RunCard, recordId: string, { key }: Prediction): readonly Message[] {
    const chunk = this.document.chunks[this.document.find(recordId) ?? -1];
    const { sample } = this.runs.answers(run.id, recordId).find((one) => one.key === key) ?? {};
    const question = chunk?.source && sample !== undefined && this.prompts.ask(chunk, run, sample);
    if (question && 'messages' in question && question.query === null) return question.messages;
    throw new Error(`The record ${recordId} is no longer what the run ${run.id} has answered.`);
  }

  /** Stores the scores that test an output, and shows them where it is shown. */
  saveTest(prediction: Prediction, scores: FaithfulnessScores): void {
    this.tests.save(prediction, scores);
    this.recordResults.forget();
  }

  private selected(selection: Selection): Chunk[] {
    return someRecords(this.document, this.around, selection, this.splitCounts());
  }
}
