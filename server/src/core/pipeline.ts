/**
 * The straight line: records → prompts → models → rationales → judgements → metrics → store → annotations.
 * The editor, the command line and the tests all come through here; no stage calls another by itself.
 */
import type { Finding } from './annotations/types.ts';
import type { FaithfulnessScores } from './metrics/faithfulness.ts';
import { report } from './metrics/report.ts';
import { failedPrediction } from './models/failed.ts';
import type { Model, PartialOutput, Prediction } from './models/types.ts';
import { Sitting } from './pipeline/annotate.ts';
import { cascadeReport, isSent } from './pipeline/cascade.ts';
import { refuseUnheld } from './pipeline/constraints.ts';
import { Judging } from './pipeline/judging.ts';
import { Measures } from './pipeline/measures.ts';
import { type ComposedPrompt, Prompts, readPrompt, usablePrompt } from './pipeline/prompts.ts';
import { type Comparison, RecordChecks } from './pipeline/records.ts';
import { sampleNumbers } from './pipeline/samples.ts';
import { Tests } from './pipeline/tests.ts';
import type {
  AnnotateJob,
  AnnotateOptions,
  AnnotateProgress,
  Clock,
  JobRequest,
  NamedPrompt,
  RecordResult,
  RunReport,
  Surroundings,
} from './pipeline/types.ts';
import { askedRecord } from './pipeline/variations.ts';
import type { Message, Setting } from './prompts/types.ts';
import type { DatasetDocument } from './records/document.ts';
import { type Sample, stratifiedSample } from './records/sample.ts';
import { splitOf } from './records/splits.ts';
import type { Chunk, RecordSource } from './records/types.ts';
import { newRunCard, sameConfiguration } from './store/run-card.ts';
import { StoredRuns } from './store/stored-runs.ts';
import type { Cascade, RunCard, Store, StoredPrediction } from './store/types.ts';

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

const ROLE_ORDER = { teacher: 0, student: 1, base: 2, other: 3 } as const;

interface ResultCache {
  readonly stamp: number;
  readonly results: readonly RecordResult[];
}

/** Which records a run is made on. */
interface Selection {
  readonly split: string | null;
  readonly sample?: Sample | null;
  /** Records that it cannot change are left out. */
  readonly variation?: string | null;
}

/** One open dataset and everything that is known about it. */
export class Pipeline {
  readonly document: DatasetDocument;
  private around: Surroundings;
  private readonly store: Store | null;
  /** Raised whenever something outside the chunks changes; older cache entries are then void. */
  private stamp = 0;
  private readonly recordResults = new WeakMap<Chunk, ResultCache>();
  private readonly runs: StoredRuns;
  private readonly records: RecordChecks;
  private readonly prompts: Prompts;
  readonly measures: Measures;
  readonly judging: Judging;
  /** Scores that test whether answers follow from rationales. */
  readonly tests: Tests;

  constructor(document: DatasetDocument, around: Surroundings, store: Store | null) {
    this.document = document;
    this.around = around;
    this.store = store;
    this.runs = new StoredRuns(store, around.path);
    this.records = new RecordChecks(document, around);
    this.measures = new Measures(document, around);
    this.judging = new Judging(around, (prediction, choice) => this.tests.of(prediction, choice));
    this.tests = new Tests(store);
    this.prompts = new Prompts(around, document, store);
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
    this.stamp++;
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

  /** Tells the pipeline that runs were stored or deleted behind its back. */
  storeChanged(): void {
    this.runs.outdate();
    this.stamp++;
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

  /** What each model's newest run says of the record as it stands; teacher first. Stale results are not shown. */
  results(chunk: Chunk): readonly RecordResult[] {
    const { source } = chunk;
    if (!source) return [];
    const cached = this.recordResults.get(chunk);
    if (cached?.stamp === this.stamp) return cached.results;
    const byModel = new Map<string, RecordResult>();
    for (const run of this.runs.all()) {
      const { card } = run;
      if (card.purpose !== 'run' || byModel.has(card.model)) continue;
      const current = this.current(chunk, card, run.predictions.get(source.record.id));
      if (current.length > 0) byModel.set(card.model, this.judging.resultOf(source, card, current));
    }
    const alone = [...byModel.values()].sort((a, b) => ROLE_ORDER[a.run.role] - ROLE_ORDER[b.run.role]);
    const results = alone.length < 2 ? alone : this.judging.together(source, alone);
    this.recordResults.set(chunk, { stamp: this.stamp, results });
    return results;
  }

  /** Everything to be said of a record: its own findings, then each model's. */
  findings(chunk: Chunk): readonly Finding[] {
    return [...this.checkRecord(chunk), ...this.results(chunk).flatMap((result) => result.findings)];
  }

  /** The splits that the records name, with their number of records, in order of appearance. */
  splitCounts(): ReadonlyMap<string, number> {
    return this.measures.counts().splits;
  }

  /** The models that have a stored run with the prompt of this name. */
  modelsRunWith(prompt: string): readonly string[] {
    const runs = this.runs.all().filter(({ card }) => card.prompt === prompt);
    return [...new Set(runs.map(({ card }) => card.model))];
  }

  /** The ids of the records that are selected. @throws Error with one sentence when there are none */
  selectedIds(selection: Selection): string[] {
    const selected = this.select(selection);
    if (selected.length === 0) throw new Error(this.nothingSelected(selection));
    return selected.map(({ source }) => (source as RecordSource).record.id);
  }

  /** Works out what has to be run. Throws one sentence when the prompt file or the selection is unusable. */
  plan(options: AnnotateOptions, startedAt: string): AnnotateJob {
    const file = usablePrompt(options.prompt);
    if (options.decoding.constrained) refuseUnheld(options.model, file);
    const run = newRunCard(
      {
        dataset: this.around.path,
        model: options.model,
        promptName: options.prompt.name,
        promptText: options.prompt.text,
        setting: options.setting ?? file.setting,
        format: file.format,
        decoding: options.decoding,
        split: options.split,
        sample: options.sample ?? null,
        variation: options.variation ?? null,
        purpose: options.purpose ?? 'run',
        cascade: options.cascade ?? null,
      },
      startedAt,
      options.runName,
    );
    const chosen = this.select(options)
      .filter(({ source }) => options.records?.includes((source as RecordSource).record.id) ?? true)
      .slice(0, options.limit);
    if (chosen.length === 0) throw new Error(this.nothingSelected(options));
    const { cascade } = options;
    const selected = cascade ? chosen.filter((chunk) => this.isSent(chunk, cascade)) : chosen;
    this.refuseOtherConfiguration(run);
    const known = this.store?.predictions(run.id) ?? new Map<string, readonly StoredPrediction[]>();
    const { samples = 1 } = options.decoding;
    const settled: StoredPrediction[] = [];
    const requests: JobRequest[] = [];
    const queries = this.store?.queries(run.id);
    let stored = 0;
    for (const chunk of selected) {
      const { id: recordId, choices } = (chunk.source as RecordSource).record;
      for (let sample = 0; sample < samples; sample++) {
        const asked = this.prompts.ask(chunk, run, sample);
        const { key } = asked;
        const place = { runId: run.id, recordId, sample };
        if ('refusal' in asked) {
          settled.push({ ...failedPrediction(key, asked.refusal), ...place });
          continue;
        }
        const before = known.get(recordId)?.find((one) => one.sample === sample);
        if (before?.key === key && !before.error) {
          stored++;
          continue;
        }
        const here = queries?.get(recordId) ?? [];
        for (const said of asked.earlier) {
          if (!here.some((one) => one.key === said.key)) settled.push({ ...said, ...place });
        }
        const elsewhere = this.store?.byKey(key);
        const { query, messages, constraint } = asked;
        if (elsewhere && query === null) settled.push({ ...elsewhere, ...place });
        else {
          const held = constraint ? { constraint } : {};
          const scored = options.model.scoresChoices ? { choices } : {};
          const further = { ...(query !== null && { query }), ...held, ...scored };
          requests.push({ recordId, key, messages, sample, ...further });
        }
      }
    }
    return { run, total: selected.length * samples, stored, settled, requests, options };
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
    const sitting = new Sitting(job, store, clock.seconds, (batch) => {
      this.runs.add(job.run.id, batch);
      this.stamp++;
    });
    yield sitting.settle();
    if (job.requests.length > 0) {
      const model = await open();
      sitting.begin(model.device);
      try {
        const { decoding } = job.run;
        while (sitting.requests.length > 0 && !signal.aborted) {
          for await (const prediction of model.generate(sitting.requests, decoding, signal, onPartial)) {
            const progress = sitting.take(prediction);
            if (progress) yield progress;
          }
          yield sitting.flush();
          if (!sitting.hasMore) break;
          yield sitting.proceed(this.plan(job.options, job.run.startedAt));
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

  /** The card of a stored run of this dataset as it is now; null when there is none. */
  storedRun(id: string): RunCard | null {
    return this.store?.run(id) ?? null;
  }

  /** The numbers of a stored run, taken of the dataset as it stands now. */
  report(run: RunCard): RunReport {
    const teacher = this.reportAlone(run);
    const student = run.cascade && this.storedRun(run.cascade.student);
    if (!run.cascade) return teacher;
    if (!student) return { ...teacher, missing: 0 };
    const asked = this.runs.all().find(({ card }) => sameConfiguration(card, { ...run, cascade: null }));
    return cascadeReport(run, run.cascade, {
      student: this.reportAlone(student),
      teacher,
      teacherAlone: asked ? this.reportAlone(asked.card) : null,
    });
  }

  /** Of what the run's own model was asked. */
  private reportAlone(run: RunCard): RunReport {
    const stored = this.runs.find(run.id);
    const predictions = stored?.predictions ?? new Map<string, readonly StoredPrediction[]>();
    const results: { source: RecordSource; result: RecordResult }[] = [];
    const { samples = 1 } = run.decoding;
    const earlier = this.store?.queries(run.id);
    let stale = 0;
    let missing = 0;
    for (const chunk of this.select(run)) {
      const source = chunk.source as RecordSource;
      const known = predictions.get(source.record.id) ?? [];
      const current = this.current(chunk, run, known);
      if (known.length > 0 && current.length === 0) stale++;
      else missing += samples - current.length;
      if (current.length > 0) results.push({ source, result: this.judging.resultOf(source, run, current) });
    }
    return {
      run,
      report: report(
        results.map(({ source, result }) => ({ record: source.record, judgement: result.judgement })),
      ),
      stale,
      missing,
      recordsPerSecond: run.seconds > 0 ? run.generated / samples / run.seconds : null,
      results,
      ...sampleNumbers(
        results,
        results.flatMap(({ source }) => earlier?.get(source.record.id) ?? []),
      ),
      cascade: null,
    };
  }

  /** What a run has for a record as the record stands; null when it has nothing. */
  answer(run: RunCard, recordId: string): { source: RecordSource; result: RecordResult } | null {
    const index = this.document.find(recordId);
    const chunk = index === undefined ? undefined : this.document.chunks[index];
    if (!chunk?.source) return null;
    const current = this.current(chunk, run, this.runs.find(run.id)?.predictions.get(recordId));
    return current.length === 0
      ? null
      : { source: chunk.source, result: this.judging.resultOf(chunk.source, run, current) };
  }

  /** Whether the student of a cascade leaves the record to the teacher. */
  private isSent({ source }: Chunk, cascade: Cascade): boolean {
    const student = this.runs.find(cascade.student)?.card;
    const said = student && source && this.answer(student, source.record.id);
    return said ? isSent(said.result, cascade) : false;
  }

  /**
   * What a run's model was shown when it said this.
   * @throws Error with one sentence, when it is nothing that the run has of the record as it stands
   */
  messagesOf(run: RunCard, recordId: string, prediction: Prediction): readonly Message[] {
    const stored = this.runs
      .find(run.id)
      ?.predictions.get(recordId)
      ?.find((one) => one === prediction);
    const chunk = this.document.chunks[this.document.find(recordId) ?? -1];
    const question = chunk?.source && stored && this.prompts.ask(chunk, run, stored.sample);
    if (question && 'messages' in question && question.query === null) return question.messages;
    throw new Error(`The record ${recordId} is no longer what the run ${run.id} has answered.`);
  }

  /** Stores the scores that test an output, and shows them where it is shown. */
  saveTest(prediction: Prediction, scores: FaithfulnessScores): void {
    this.tests.save(prediction, scores);
    this.judging.outdate(prediction);
    this.stamp++;
  }

  /** Of a record's samples, those that were made of the record as it stands. */
  private current(
    chunk: Chunk,
    run: RunCard,
    predictions: readonly StoredPrediction[] = [],
  ): readonly StoredPrediction[] {
    return predictions.filter(({ key, sample }) => this.prompts.keyFor(chunk, run, sample) === key);
  }

  private select({ split, sample, variation = null }: Selection): Chunk[] {
    const { splits } = this.around;
    const selected = this.document.chunks.filter(
      ({ source }) => source !== null && (split === null || splitOf(source.record, splits) === split),
    );
    const drawn = sample
      ? stratifiedSample(selected, ({ source }) => (source as RecordSource).record, sample)
      : selected;
    return variation === null
      ? drawn
      : drawn.filter(({ source }) => askedRecord(source as RecordSource, variation) !== null);
  }

  /** A name the user gave may be taken by a run that was made otherwise; mixing the two would falsify both. */
  private refuseOtherConfiguration(run: RunCard): void {
    const stored = this.store?.run(run.id);
    if (!stored || sameConfiguration(stored, run)) return;
    throw new Error(
      `There is a run "${run.id}" already, of ${stored.model} with ${stored.prompt} on ${stored.dataset}, made otherwise: choose another name.`,
    );
  }

  private nothingSelected({ split, records }: Pick<AnnotateOptions, 'split' | 'records'>): string {
    if (records) return `${this.around.path} has no record ${records.join(', ')}.`;
    const splits = [...this.splitCounts().keys()];
    if (split === null) return `${this.around.path} holds no records.`;
    return `No record of ${this.around.path} is in the split "${split}": it has ${splits.join(', ') || 'no splits'}.`;
  }
}
