import { setTimeout as wait, setImmediate as yieldToEditor } from 'node:timers/promises';
import type { WorkDoneProgressReporter } from 'vscode-languageserver/node';
import { decodingOf } from '../core/decoding.ts';
import type { PartialOutput } from '../core/models/types.ts';
import { checkCascade, teacherOptions } from '../core/pipeline/cascade.ts';
import { recordIdOf } from '../core/pipeline/planning.ts';
import { maxNewTokensOf } from '../core/pipeline/prompty.ts';
import type { AnnotateJob, AnnotateOptions, NamedPrompt, Pipeline } from '../core/pipeline.ts';
import { progressText } from '../core/progress.ts';
import type { Store } from '../core/store/types.ts';
import { findPromptFile } from '../files/prompt-files.ts';
import type { AnnotateParams, AnnotateResult } from '../protocol/messages.ts';
import type { Settings } from '../protocol/settings.ts';
import { CLOCK } from '../storage/clock.ts';
import type { Client } from './client.ts';
import type { Datasets } from './datasets.ts';
import type { ModelCatalog, OfferedModel } from './model-catalog.ts';
import { pathOf } from './open-document.ts';
import { partialReport } from './output-reports.ts';
import type { PromptFiles } from './prompt-files.ts';
import { Throttle } from './throttle.ts';

/** Findings and hints show new predictions this often while a model runs. Milliseconds. */
const SHOW_EVERY = 500;

/** What a cancelled run gets at the end of the server to store what it has done. Milliseconds. */
const LAST_WORDS = 1500;

/** What the annotator needs of the session. */
interface Surroundings {
  readonly client: Client;
  readonly constrained: boolean;
  readonly datasets: Datasets;
  readonly device: Settings['device'];
  readonly models: ModelCatalog;
  readonly prompts: PromptFiles;
  readonly promptsFolder: string;
  store(): Store;
  storeChanged(path: string, records: ReadonlySet<string> | null): void;
}

/** Runs models over datasets, one run after the other: they share the device. */
export class Annotator {
  private readonly session: Surroundings;
  private readonly runs = new Set<AbortController>();
  private readonly running = new Set<string>();
  private last: Promise<void> = Promise.resolve();

  constructor(session: Surroundings) {
    this.session = session;
  }

  /** True while the model of this run is at work. */
  isRunning(runId: string): boolean {
    return this.running.has(runId);
  }

  /**
   * Runs what is not stored yet, waiting for its turn first.
   *
   * @param given the prompt, in place of the one that the parameters name
   * @throws Error whose message is one sentence, when nothing can be run
   */
  async annotate(
    params: AnnotateParams,
    progress: WorkDoneProgressReporter,
    cancel: AbortController,
    given?: NamedPrompt,
  ): Promise<AnnotateResult> {
    const { session } = this;
    const decoding = decodingOf({ ...params, constrained: params.constrained ?? session.constrained });
    if (params.cascade) checkCascade(decoding);
    session.store(); // Says why not, before anything is begun.
    return this.inTurn(progress, cancel, async (turn) => {
      const { path } = session.datasets.get(params.uri);
      const model = await session.models.find(params.model, session.device);
      const { cascade } = params;
      const teacher = cascade && (await session.models.find(cascade.model, session.device));
      const prompt = given ?? this.promptFor(params.prompt ?? `setting-${params.setting ?? 1}`, path);
      progress.begin(`Annotating with ${model.card.name}`, 0, undefined, true);
      await turn();
      const { pipeline } = session.datasets.get(params.uri);
      const options: AnnotateOptions = {
        model: model.card,
        prompt,
        setting: params.setting,
        decoding: { ...decoding, maxNewTokens: maxNewTokensOf(prompt) },
        split: params.split ?? null,
        sample: params.sample,
        ...(params.record !== undefined && { records: [params.record] }),
        purpose: params.purpose,
      };
      const job = pipeline.plan(options, CLOCK.date());
      const work = { pipeline, path, job, model };
      const first = await this.run(work, progress, cancel.signal, this.watcher(params, work));
      if (!cascade || !teacher || first.cancelled) return first;
      const { below } = cascade;
      const rest = teacherOptions(options, teacher.card, { student: first.runId, below });
      const sent = pipeline.plan(rest, CLOCK.date());
      const second = await this.run({ pipeline, path, job: sent, model: teacher }, progress, cancel.signal);
      return {
        ...second,
        done: first.done + second.done,
        reused: first.reused + second.reused,
        failed: first.failed + second.failed,
        sent: sent.total,
      };
    });
  }

  /**
   * Does what uses models, when what was asked for before is done: it shares the device.
   *
   * @param work given what to wait for before a model is used
   */
  async inTurn<Result>(
    progress: WorkDoneProgressReporter,
    cancel: AbortController,
    work: (turn: () => Promise<void>) => Promise<Result>,
  ): Promise<Result> {
    // The turn is taken before the first wait, so that runs start in the order in which they were asked for.
    const turn = this.takeTurn();
    this.runs.add(cancel);
    try {
      return await work(() => {
        if (this.runs.size > 1) progress.report('Waiting for another run to finish');
        return turn.hasCome;
      });
    } finally {
      this.runs.delete(cancel);
      turn.end();
      progress.done();
    }
  }

  /** Cancels everything and waits, not for long, until what is done is stored. */
  async stop(): Promise<void> {
    for (const cancel of this.runs) cancel.abort();
    await Promise.race([this.last, wait(LAST_WORDS)]);
  }

  /** A prompt file as the editor has it open, or else as it is on disk. */
  promptFor(prompt: string, datasetPath: string): NamedPrompt {
    const { prompts, promptsFolder } = this.session;
    return (
      prompts.open(prompt)?.prompt ?? findPromptFile(pathOf(prompt) ?? prompt, datasetPath, promptsFolder)
    );
  }

  /** Tells what the model has written so far of a record, if somebody wants to know. */
  private watcher({ record, partialToken: token }: AnnotateParams, { pipeline, job }: Work) {
    const { document } = pipeline;
    const index = record === undefined ? undefined : document.find(record);
    const source = index === undefined ? null : document.chunks[index]?.source;
    if (!source || token === undefined) return undefined;
    return (partial: PartialOutput) => {
      const output = partialReport(source, partial, job.run, pipeline);
      this.session.client.tellPartialOutput({ token, output });
    };
  }

  private takeTurn(): { readonly hasCome: Promise<void>; readonly end: () => void } {
    const hasCome = this.last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.last = hasCome.then(() => promise);
    return { hasCome, end: resolve };
  }

  private async run(
    { pipeline, path, job, model }: Work,
    progress: WorkDoneProgressReporter,
    signal: AbortSignal,
    onPartial?: (partial: PartialOutput) => void,
  ): Promise<AnnotateResult> {
    const { session } = this;
    const { samples = 1 } = job.run.decoding;
    let generated = 0;
    let failed = 0;
    let fresh = new Set<string>();
    const unseen = new Set([...job.settled, ...job.open].map(recordIdOf));
    const show = new Throttle(() => {
      session.storeChanged(path, fresh);
      for (const id of fresh) unseen.delete(id);
      fresh = new Set();
    }, SHOW_EVERY);
    let openedAt = performance.now();
    const open = async () => {
      const opened = await session.models.open(model, (sentence) => session.client.log(sentence));
      openedAt = performance.now();
      session.client.tellChanged({ uri: null, what: 'models' });
      return opened;
    };
    this.running.add(job.run.id);
    try {
      for await (const step of pipeline.annotate(job, open, signal, CLOCK, onPartial)) {
        ({ generated, failed } = step);
        const seconds = (performance.now() - openedAt) / 1000;
        const unit = samples > 1 ? 'samples' : 'records';
        const at = step.query ?? step;
        const text = progressText(at.done, at.total, step.query?.done ?? generated, seconds, unit);
        progress.report((100 * at.done) / at.total, step.query ? `${step.query.name}: ${text}` : text);
        for (const id of step.recordIds) fresh.add(id);
        show.request();
        // A model that answers at once must not keep the editor waiting.
        await yieldToEditor();
      }
    } finally {
      this.running.delete(job.run.id);
      show.cancel();
      session.storeChanged(path, unseen);
    }
    return {
      runId: job.run.id,
      done: generated + job.refused,
      reused: job.stored + job.settled.length - job.refused,
      failed,
      cancelled: signal.aborted,
      device: session.store().run(job.run.id)?.device ?? '',
    };
  }
}

interface Work {
  readonly pipeline: Pipeline;
  readonly path: string;
  readonly job: AnnotateJob;
  readonly model: OfferedModel;
}
