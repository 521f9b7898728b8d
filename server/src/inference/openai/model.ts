import { setTimeout as wait } from 'node:timers/promises';
import { failedPrediction } from '../../core/models/failed.ts';
import type {
  Decoding,
  Model,
  ModelCard,
  ModelRequest,
  PartialOutput,
  Prediction,
} from '../../core/models/types.ts';
import { count } from '../../core/text.ts';
import type { Lane } from './lane.ts';
import { EndpointProblem } from './problems.ts';
import type { Ask } from './request.ts';
import { type Task, Work } from './work.ts';

/** A request that failed this often by itself is given up. */
const TRIES = 5;
/** Samples of a prompt that one request asks for at most. */
const MOST_SAMPLES = 16;
/** Milliseconds in which the same notice is passed on once. */
const SAME_NOTICE = 10_000;
/** Milliseconds between two looks at an answer that is being written. */
const LOOK_EVERY = 50;

export interface OpenAiModelOptions {
  readonly card: ModelCard;
  readonly lanes: readonly Lane[];
  /** Requests in flight at each lane. */
  readonly concurrency: number;
  /** Samples of a prompt go into one request. */
  readonly together: boolean;
  readonly onNotice: (sentence: string) => void;
  readonly onKeyRefused: (host: string) => void;
}

/** A model behind one address or several. Each address has workers that take the next request as soon as they are free. */
export class OpenAiModel implements Model {
  readonly card: ModelCard;
  readonly device: string;
  private readonly options: OpenAiModelOptions;
  private lastNotice = { sentence: '', at: Number.NEGATIVE_INFINITY };

  constructor(options: OpenAiModelOptions) {
    this.card = options.card;
    this.options = options;
    this.device = options.lanes.map(({ host }) => host).join(', ');
  }

  async *generate(
    requests: Iterable<ModelRequest>,
    decoding: Decoding,
    signal: AbortSignal,
    onPartial?: (partial: PartialOutput) => void,
  ): AsyncIterable<Prediction> {
    const stop = new AbortController();
    const work = new Work(asksOf(requests, this.options.together && !onPartial), () => stop.abort());
    let out!: ReadableStreamDefaultController<Prediction>;
    let isWanted = true;
    const answers = new ReadableStream<Prediction>({
      start: (controller) => {
        out = controller;
      },
      cancel: () => {
        isWanted = false;
      },
    });
    const run: Run = {
      work,
      decoding,
      signal: AbortSignal.any([signal, stop.signal]),
      out,
      onPartial,
      told: new Set(),
    };
    void Promise.allSettled(this.options.lanes.map((lane) => this.serve(lane, run))).then((ends) => {
      const problem = ends.find((end) => end.status === 'rejected')?.reason;
      // What one address cannot do another does, as long as there is one.
      if (isWanted && !run.signal.aborted) out.error(problem);
      else if (isWanted) out.close();
    });
    try {
      for await (const prediction of answers) yield prediction;
    } finally {
      stop.abort();
    }
  }

  async close(): Promise<void> {}

  /** Works until everything is settled. @throws EndpointProblem when the lane is of no use any more */
  private async serve(lane: Lane, run: Run): Promise<void> {
    const end = new AbortController();
    const signal = AbortSignal.any([run.signal, end.signal]);
    const workers = Array.from({ length: this.options.concurrency }, async () => {
      for (;;) {
        // Whatever waits for this address could be done by another: nothing is taken before it is open.
        await lane.opened(signal);
        const task = await run.work.take(signal);
        await this.attempt(lane, task, { ...run, signal });
      }
    });
    try {
      await Promise.all(workers);
    } catch (error) {
      end.abort();
      if (run.signal.aborted) return;
      if (error instanceof EndpointProblem) {
        if (error.refusesKey) this.options.onKeyRefused(lane.host);
        // The end of the only address is the end of the run, which says it.
        if (this.options.lanes.length > 1) this.notice(error.message);
      }
      throw error;
    }
  }

  /** Tries a task; one that may still succeed is put back. @throws EndpointProblem when no other would succeed either */
  private async attempt(lane: Lane, task: Task, run: Run): Promise<void> {
    const { work, out } = run;
    try {
      await lane.slot(run.signal);
      if (lane.isClosed) return work.putBack(task);
      const predictions = await lane.ask(task.ask, run.decoding, run.signal, this.watcher(task.ask, run));
      for (const prediction of predictions) {
        run.told.add(prediction.key);
        out.enqueue(prediction);
      }
      const rest = task.ask.slice(predictions.length);
      work.settle(rest.map((request) => ({ ask: [request], tries: task.tries })));
    } catch (error) {
      if (!(error instanceof EndpointProblem)) {
        work.putBack(task);
        throw error;
      }
      await this.recover(lane, task, error, run);
    }
  }

  private async recover(lane: Lane, task: Task, problem: EndpointProblem, run: Run): Promise<void> {
    const { work, out, signal } = run;
    const tries = task.tries + (problem.remedy === 'again' ? 1 : 0);
    switch (problem.remedy) {
      case 'endpoint':
        work.putBack(task);
        throw problem;
      case 'wait':
        this.notice(
          problem.message,
          ` It is asked again in ${count(Math.max(1, Math.round(lane.closedFor / 1000)), 'second')}.`,
        );
        work.putBack(task);
        return;
      case 'again':
        if (tries < TRIES) {
          await wait(problem.delay ?? lane.delay, undefined, { signal }).finally(() =>
            work.putBack({ ...task, tries }),
          );
          return;
        }
    }
    for (const { key } of task.ask) out.enqueue(failedPrediction(key, problem.message));
    work.settle();
  }

  /** Passes a notice on, with what follows from it; requests that are under way together have the same to say. */
  private notice(sentence: string, further = ''): void {
    const now = performance.now();
    if (sentence === this.lastNotice.sentence && now - this.lastNotice.at < SAME_NOTICE) return;
    this.lastNotice = { sentence, at: now };
    this.options.onNotice(sentence + further);
  }

  /** Tells what is written so far, not too often, and nothing once the answer is there. */
  private watcher([{ key }]: Ask, { onPartial, told }: Run): ((text: string) => void) | null {
    if (!onPartial) return null;
    let last = 0;
    return (output) => {
      const now = performance.now();
      if (now - last < LOOK_EVERY || told.has(key)) return;
      last = now;
      onPartial({ key, output });
    };
  }
}

interface Run {
  readonly work: Work;
  readonly decoding: Decoding;
  readonly signal: AbortSignal;
  readonly out: ReadableStreamDefaultController<Prediction>;
  readonly onPartial: ((partial: PartialOutput) => void) | undefined;
  /** Keys that are answered. */
  readonly told: Set<string>;
}

/** One ask for each request, or one for the samples of a prompt, which come one after the other. */
function* asksOf(requests: Iterable<ModelRequest>, together: boolean): Iterable<Ask> {
  let same: ModelRequest[] = [];
  for (const request of requests) {
    const [first] = same;
    if (first && !(together && same.length < MOST_SAMPLES && asksTheSame(first, request))) {
      yield same as unknown as Ask;
      same = [];
    }
    same.push(request);
  }
  if (same.length > 0) yield same as unknown as Ask;
}

function asksTheSame(a: ModelRequest, b: ModelRequest): boolean {
  return JSON.stringify(a.messages) === JSON.stringify(b.messages);
}
