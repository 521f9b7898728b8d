import { failedPrediction } from '../../core/models/failed.ts';
import type {
  Decoding,
  Model,
  ModelCard,
  ModelRequest,
  PartialOutput,
  Prediction,
  ScoreRequest,
  Scores,
} from '../../core/models/types.ts';
import { HostFailure, HostProcess, type Started } from './host-process.ts';
import type { CompiledGrammar, FromHost, ToHost } from './messages.ts';
import { WorkQueue } from './work-queue.ts';

export interface Patience {
  /** Milliseconds without a sign of life after which a host at work is replaced. */
  readonly working: number;
  /** The same for a host that loads a model. */
  readonly loading: number;
}

export const PATIENCE: Patience = { working: 120_000, loading: 600_000 };

/** Hosts that may die in a row without having begun anything. */
const FALSE_STARTS = 3;
/** Requests that a host gets at once: enough for full batches of each length, and their image features fit the memory. */
const SLICE = 512;
const SLICE_LARGE = 32;
/** Bytes of weights from which a model counts as large. */
const LARGE = 500_000_000;

export interface HostedModelOptions {
  readonly card: ModelCard;
  /** How messages begin that speak of it: `The model host`. */
  readonly called: string;
  readonly startHost: () => Started;
  /** Has a new host load the model. */
  readonly load: ToHost;
  /** As people read it; what the host says of itself goes before. */
  readonly deviceName: string;
  /** Why it is not a better device, a sentence for each of these. */
  readonly passedOver?: readonly string[];
  /** Bytes of the model's files. */
  readonly size: number;
  readonly patience: Patience;
  readonly onNotice: (sentence: string) => void;
  /** For a host that cannot compile grammars; absent: it can. */
  readonly compile?: (requests: readonly ModelRequest[]) => readonly CompiledGrammar[];
}

interface Keyed {
  readonly key: string;
}

/** One kind of thing that hosts are asked for. */
interface Task<Request, Answer> {
  ask(requests: readonly Request[]): ToHost;
  answersIn(message: FromHost): readonly Answer[];
  /** @param error one sentence */
  failed(key: string, error: string): Answer;
}

/** A model in a host process of its own. A host that dies or hangs is replaced, and the run goes on. */
export class HostedModel implements Model {
  readonly card: ModelCard;
  device: string;
  readonly passedOver: readonly string[];
  memory: number | null = null;
  private readonly options: HostedModelOptions;
  private host: HostProcess | null = null;
  /** One run after the other. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(options: HostedModelOptions) {
    this.card = options.card;
    this.device = options.deviceName;
    this.passedOver = options.passedOver ?? [];
    this.options = options;
  }

  get called(): string {
    return this.options.called;
  }

  /** Process id of the present host. */
  get hostPid(): number | undefined {
    return this.host?.pid;
  }

  /** Starts a host with the model loaded. @throws Error whose message is one sentence */
  async start(): Promise<HostProcess> {
    if (this.host) return this.host;
    const { startHost, load, patience, onNotice } = this.options;
    const host = new HostProcess(startHost());
    this.host = host;
    host.send(load);
    try {
      for (;;) {
        const answer = await host.next(patience.loading);
        if (answer.type === 'refused') throw new Error(answer.reason);
        if (answer.type === 'notice') onNotice(answer.sentence);
        if (answer.type !== 'loaded') continue;
        this.device = answer.device ?? this.device;
        return host;
      }
    } catch (error) {
      this.dropHost();
      throw error;
    }
  }

  async *generate(
    requests: Iterable<ModelRequest>,
    decoding: Decoding,
    signal: AbortSignal,
    onPartial?: (partial: PartialOutput) => void,
  ): AsyncIterable<Prediction> {
    const isWatched = onPartial !== undefined;
    const { compile } = this.options;
    yield* this.inTurn(requests, signal, {
      ask: (some) => ({
        ...{ type: 'generate', requests: some, decoding, isWatched },
        ...(compile && { compiled: compile(some) }),
      }),
      answersIn(message) {
        if (message.type === 'partials') for (const partial of message.partials) onPartial?.(partial);
        return message.type === 'predictions' ? message.predictions : [];
      },
      failed: failedPrediction,
    });
  }

  async *score(requests: readonly ScoreRequest[], signal: AbortSignal): AsyncIterable<Scores> {
    yield* this.inTurn(requests, signal, {
      ask: (some) => ({ type: 'score', requests: some }),
      answersIn: (message) => (message.type === 'scores' ? message.scores : []),
      failed: (key, error) => ({ key, texts: [], error }),
    });
  }

  async close(): Promise<void> {
    this.dropHost();
  }

  private async *inTurn<Request extends Keyed, Answer extends Keyed>(
    requests: Iterable<Request>,
    signal: AbortSignal,
    task: Task<Request, Answer>,
  ): AsyncIterable<Answer> {
    const { promise, resolve: done } = Promise.withResolvers<void>();
    const before = this.turn;
    this.turn = promise;
    const stop = () => this.dropHost();
    await before;
    signal.addEventListener('abort', stop);
    const queue = new WorkQueue(requests, this.options.size < LARGE ? SLICE : SLICE_LARGE);
    try {
      yield* this.work(queue, task, signal);
    } finally {
      signal.removeEventListener('abort', stop);
      // Whoever stopped listening does not want the rest computed.
      if (!queue.isEmpty) this.dropHost();
      done();
    }
  }

  private async *work<Request extends Keyed, Answer extends Keyed>(
    queue: WorkQueue<Request>,
    task: Task<Request, Answer>,
    signal: AbortSignal,
  ): AsyncIterable<Answer> {
    const { called, onNotice } = this.options;
    let falseStarts = 0;
    while (!queue.isEmpty && !signal.aborted) {
      try {
        const host = await this.start();
        yield* this.runSlice(host, queue, task);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof HostFailure)) throw error;
        this.dropHost();
        const givenUp = queue.hostDied();
        falseStarts = givenUp ? 0 : falseStarts + 1;
        if (falseStarts === FALSE_STARTS)
          throw new Error(`${called} ${error.message}, ${FALSE_STARTS} times in a row.`);
        onNotice(`${called} ${error.message}; another one goes on.`);
        for (const { key } of givenUp ?? [])
          yield task.failed(key, `${called} ${error.message} on this record, twice.`);
      }
    }
  }

  private async *runSlice<Request extends Keyed, Answer extends Keyed>(
    host: HostProcess,
    queue: WorkQueue<Request>,
    task: Task<Request, Answer>,
  ): AsyncIterable<Answer> {
    host.send(task.ask(queue.next()));
    for (;;) {
      const message = await host.next(this.options.patience.working);
      switch (message.type) {
        case 'working':
          queue.working(message.keys);
          break;
        case 'notice':
          this.options.onNotice(message.sentence);
          break;
        case 'refused':
          throw new Error(message.reason);
        case 'done':
          this.memory = message.memory;
          return;
        default:
          for (const answer of task.answersIn(message)) if (queue.settle(answer.key)) yield answer;
      }
    }
  }

  private dropHost(): void {
    this.host?.kill();
    this.host = null;
  }
}

/** Starts the host. @throws Error whose message is one sentence */
export async function startModel(model: HostedModel): Promise<HostedModel> {
  try {
    await model.start();
    return model;
  } catch (error) {
    throw error instanceof HostFailure
      ? new Error(`${model.called} ${error.message} while it loaded ${model.card.name}.`)
      : error;
  }
}
