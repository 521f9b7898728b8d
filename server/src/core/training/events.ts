/** What the trainer says in `events.jsonl`, a line each. It is only ever appended to. */

/** Lines of another version are of a newer trainer, and are passed over. */
export const EVENTS_VERSION = 1;

interface EventBase {
  /** ISO 8601, UTC. */
  readonly time: string;
}

export interface Started extends EventBase {
  readonly type: 'started';
  readonly steps: number;
  readonly examples: number;
  /** Trainable weights, of so many in all. */
  readonly trainable: number;
  readonly total: number;
  readonly device: string;
  /** The checkpoint's folder below the run's; null at the first start. */
  readonly resumed_from: string | null;
}

/** Said before `started`, while something is worked out beforehand that takes long. */
export interface Progress extends EventBase {
  readonly type: 'progress';
  /** `features` of the images, or token probabilities of the `teacher` or the `reference` model. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

export interface Preflight extends EventBase {
  readonly type: 'preflight';
  readonly findings: readonly PreflightFinding[];
  /** Null when it could not be measured. */
  readonly cost: MeasuredCost | null;
}

export interface PreflightFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Id of the first example that shows it. */
  readonly example?: string;
}

export interface MeasuredCost {
  readonly steps: number;
  readonly tokens: number;
  readonly memory_bytes: number;
  readonly seconds: number;
}

export interface Step extends EventBase {
  readonly type: 'step';
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly learning_rate: number;
  /** Null where it was not finite: in half precision the step was then left out. */
  readonly gradient_norm: number | null;
  readonly tokens: number;
  /** That this step took. */
  readonly seconds: number;
  readonly memory_bytes: number;
}

export interface Evaluation extends EventBase {
  readonly type: 'evaluation';
  readonly step: number;
  /** The outputs, below the run's folder. */
  readonly file: string;
  readonly loss: number | null;
  /** Share of outputs without any text. */
  readonly empty: number;
  readonly distinct_words: number;
  /** Mean tokens of an output. */
  readonly length: number;
}

export interface Collapse extends EventBase {
  readonly type: 'collapse';
  readonly step: number;
  readonly kind: string;
  readonly message: string;
  /** The outputs that show it, below the run's folder. */
  readonly file: string;
}

export interface Checkpoint extends EventBase {
  readonly type: 'checkpoint';
  readonly step: number;
  readonly folder: string;
}

export interface Exported extends EventBase {
  readonly type: 'exported';
  readonly folder: string;
  readonly verified?: number;
  readonly agreed?: number;
  /** Of the verified answers, those that each smaller copy gives otherwise. */
  readonly flips?: Readonly<Record<string, number>>;
}

export interface Stopped extends EventBase {
  readonly type: 'stopped';
  readonly step: number;
  readonly reason: string;
}

export interface Finished extends EventBase {
  readonly type: 'finished';
  readonly step: number;
  readonly seconds: number;
}

export interface Failed extends EventBase {
  readonly type: 'failed';
  readonly message: string;
  readonly way_on: string;
}

export type TrainingEvent =
  | Progress
  | Started
  | Preflight
  | Step
  | Evaluation
  | Collapse
  | Checkpoint
  | Exported
  | Stopped
  | Finished
  | Failed;

const TYPES: ReadonlySet<string> = new Set<TrainingEvent['type']>([
  ...(['progress', 'started', 'preflight', 'step', 'evaluation', 'collapse', 'checkpoint'] as const),
  ...(['exported', 'stopped', 'finished', 'failed'] as const),
]);

/** The event on a line; null for a line that is none: half written, of a newer trainer, or not ours. */
export function parseEvent(line: string): TrainingEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { v, type } = value as { readonly v?: unknown; readonly type?: unknown };
  return v === EVENTS_VERSION && TYPES.has(String(type)) ? (value as TrainingEvent) : null;
}
