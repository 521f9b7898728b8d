import * as vscode from 'vscode';
import {
  Methods,
  type ModelRow,
  type PromptRecord,
  type PromptView,
} from '../../../server/src/protocol/messages.ts';
import { explainTrust } from '../features/trust.ts';
import type { Session } from '../session.ts';
import type { WebviewPanel } from '../webview-panel.ts';
import type {
  Comparison,
  Message,
  Model,
  Progress,
  SampleRequest,
  SampleRun,
  TriedOutput,
} from '../webviews/preview/messages.ts';

let lastToken = 0;

/** A result with what it is a result of. */
type Dated<Result> = Result & { readonly of: string };

/** What is run from a preview: on its record, on a sample, against the committed version. One thing at a time. */
export class PreviewRuns implements vscode.Disposable {
  readonly #session: Session;
  readonly #panel: WebviewPanel<Model, Message>;
  readonly #prompt: string;
  #models: readonly ModelRow[] = [];
  #wished: readonly string[] = [];
  #record: PromptRecord | null = null;
  /** What the models are shown for the record, as far as it tells old results from current ones. */
  #shown = '';
  /** The prompt file. */
  #text = '';
  #outputs: Dated<TriedOutput>[] = [];
  #samples: Dated<SampleRun>[] = [];
  #comparison: Dated<Comparison> | null = null;
  #work: vscode.CancellationTokenSource | null = null;

  /** @param prompt URI of the prompt file */
  constructor(session: Session, panel: WebviewPanel<Model, Message>, prompt: string) {
    this.#session = session;
    this.#panel = panel;
    this.#prompt = prompt;
  }

  dispose(): void {
    this.stop();
  }

  /** The models that there are. */
  offer(models: readonly ModelRow[]): void {
    this.#models = models;
  }

  /** The preview shows this now. */
  follow(record: PromptRecord | null, prompt: PromptView | null, text: string): void {
    const isOther = record?.id !== this.#record?.id || record?.dataset !== this.#record?.dataset;
    this.#record = record;
    if (prompt) {
      this.#wished = prompt.models;
      this.#shown = JSON.stringify([prompt.messages, prompt.before]);
      this.#text = text;
    }
    if (isOther && !this.#work) this.#outputs = [];
    this.#show();
  }

  /** The models to be asked: the chosen ones, else those that the prompt names, else the first student. */
  chosen(chosen: readonly string[] | null): string[] {
    const usable = this.#models.filter(({ unavailable }) => unavailable === null);
    const among = (ids: readonly string[]) => usable.filter(({ id }) => ids.includes(id)).map(({ id }) => id);
    if (chosen) return among(chosen);
    const wished = among(this.#wished);
    const [student = usable[0]] = usable.filter(({ role }) => role === 'student');
    return wished.length > 0 ? wished : student ? [student.id] : [];
  }

  stop(): void {
    this.#work?.cancel();
  }

  /** Asks each model for the record, showing what it writes as it comes. */
  async run(models: readonly string[]): Promise<void> {
    const record = this.#record;
    if (!record) return;
    await this.#during(async (cancellation) => {
      const of = this.#shown;
      const none = { progress: { state: 'waiting' }, output: null, isReused: false, isOld: false } as const;
      this.#outputs = models.map((model) => ({ model, ...none, of }));
      this.#show();
      for (const model of models) {
        const change = (part: Partial<TriedOutput>) => {
          this.#outputs = this.#outputs.map((one) => (one.model === model ? { ...one, ...part } : one));
          this.#show();
        };
        await this.#try(change, cancellation, () => this.#ask(record, model, change, cancellation));
      }
    });
  }

  /** Runs each model on a sample, as a run like any other. */
  async sample(models: readonly string[], request: SampleRequest): Promise<void> {
    const record = this.#record;
    if (!record) return;
    await this.#during(async (cancellation) => {
      const of = this.#text;
      const none = { n: 0, reused: 0, metrics: null, runId: null, isOld: false };
      const waiting = { state: 'waiting' } as const;
      this.#samples = models.map((model) => ({ model, request, ...none, progress: waiting, of }));
      this.#show();
      for (const model of models) {
        const change = (part: Partial<SampleRun>) => {
          this.#samples = this.#samples.map((one) => (one.model === model ? { ...one, ...part } : one));
          this.#show();
        };
        await this.#try(change, cancellation, async () => {
          const params = this.#asked(record, model, request);
          const { runId, reused } = await this.#watched(change, (workDoneToken) =>
            this.#session.request(Methods.annotate, { ...params, workDoneToken }, cancellation),
          );
          const { runs } = await this.#session.request(Methods.runs, { uri: record.dataset });
          const run = runs.find(({ id }) => id === runId);
          change({ runId, n: run?.n ?? 0, reused, metrics: run?.metrics ?? null });
        });
      }
    });
  }

  /** Runs the committed version and the one in the editor on the same sample. */
  async compare([model]: readonly string[], request: SampleRequest): Promise<void> {
    const record = this.#record;
    if (!record || !model) return;
    await this.#during(async (cancellation) => {
      const waiting = { state: 'waiting' } as const;
      this.#comparison = { model, progress: waiting, result: null, isOld: false, of: this.#text };
      const change = (part: Partial<Comparison>) => {
        this.#comparison = this.#comparison && { ...this.#comparison, ...part };
        this.#show();
      };
      await this.#try(change, cancellation, async () => {
        const params = this.#asked(record, model, request);
        const result = await this.#watched(change, (workDoneToken) =>
          this.#session.request(Methods.compareWithHead, { ...params, workDoneToken }, cancellation),
        );
        change({ result });
      });
    });
  }

  async #ask(
    record: PromptRecord,
    model: string,
    change: (part: Partial<TriedOutput>) => void,
    cancellation: vscode.CancellationToken,
  ): Promise<void> {
    const partialToken = `rationale-trial-${++lastToken}`;
    const watching = this.#session.onPartialOutput(({ token, output }) => {
      if (token === partialToken) change({ output });
    });
    try {
      const params = {
        ...{ uri: record.dataset, model, prompt: this.#prompt, record: record.id },
        ...({ purpose: 'trial', partialToken } as const),
      };
      const { runId, reused } = await this.#session.request(Methods.annotate, params, cancellation);
      const output = await this.#session.request(Methods.output, { runId, record: record.id });
      // What was cancelled while it was being written stays as far as it came.
      if (output) change({ output, isReused: reused > 0 });
    } finally {
      watching.dispose();
    }
  }

  #asked({ dataset }: PromptRecord, model: string, { n, seed, split }: SampleRequest) {
    return { uri: dataset, model, prompt: this.#prompt, split: split ?? undefined, sample: { n, seed } };
  }

  /** Shows the progress of a request. */
  async #watched<Result>(
    change: (part: { readonly progress: Progress }) => void,
    request: (workDoneToken: string) => Promise<Result>,
  ): Promise<Result> {
    const token = `rationale-preview-${++lastToken}`;
    const listening = await this.#session.onProgress(token, ({ message = '' }) => {
      change({ progress: { state: 'running', message } });
    });
    try {
      return await request(token);
    } finally {
      listening.dispose();
    }
  }

  /** Does one step, showing how it goes. */
  async #try(
    change: (part: { readonly progress: Progress }) => void,
    cancellation: vscode.CancellationToken,
    step: () => Promise<void>,
  ): Promise<void> {
    if (cancellation.isCancellationRequested) return change({ progress: { state: 'cancelled' } });
    change({ progress: { state: 'running', message: '' } });
    try {
      await step();
      change({ progress: { state: cancellation.isCancellationRequested ? 'cancelled' : 'done' } });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      change({ progress: { state: 'failed', message } });
    }
  }

  async #during(work: (cancellation: vscode.CancellationToken) => Promise<void>): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      explainTrust();
      return;
    }
    if (this.#work) return;
    const source = new vscode.CancellationTokenSource();
    this.#work = source;
    try {
      await work(source.token);
    } finally {
      this.#work = null;
      source.dispose();
    }
  }

  #show(): void {
    const now = { shown: this.#shown, text: this.#text };
    this.#panel.show({
      outputs: this.#outputs.map(({ of, ...one }) => ({ ...one, isOld: of !== now.shown })),
      samples: this.#samples.map(({ of, ...one }) => ({ ...one, isOld: of !== now.text })),
      comparison: this.#comparison && { ...this.#comparison, isOld: this.#comparison.of !== now.text },
    });
  }
}
