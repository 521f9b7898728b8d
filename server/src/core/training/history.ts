import { continues, preparationOf } from '../progress.ts';
import type {
  Checkpoint,
  Collapse,
  Evaluation,
  Exported,
  Failed,
  Finished,
  Preflight,
  Progress,
  Started,
  Step,
  Stopped,
  TrainingEvent,
} from './events.ts';

/** How a run's last sitting ended; null while it goes on, or when it was killed. */
export type TrainingEnd = Stopped | Finished | Failed;

/** What a run has come to so far, from its events. Steps that were done again after a kill are there once. */
export class TrainingHistory {
  preflight: Preflight | null = null;
  started: Started | null = null;
  private readonly beforehand: Progress[] = [];
  readonly steps: Step[] = [];
  readonly evaluations: Evaluation[] = [];
  readonly collapses: Collapse[] = [];
  checkpoint: Checkpoint | null = null;
  exported: Exported | null = null;
  end: TrainingEnd | null = null;

  add(event: TrainingEvent): void {
    switch (event.type) {
      case 'progress':
        if (!continues(this.beforehand.at(-1), event)) this.beforehand.length = 0;
        this.beforehand.push(event);
        if (this.beforehand.length > RECENT) this.beforehand.shift();
        // A sitting may begin so.
        this.end = null;
        break;
      case 'preflight':
        this.preflight = event;
        // A sitting begins.
        this.end = null;
        break;
      case 'started':
        this.started = event;
        this.beforehand.length = 0;
        this.end = null;
        break;
      case 'step':
        put(this.steps, event);
        break;
      case 'evaluation':
        put(this.evaluations, event);
        break;
      case 'collapse':
        put(this.collapses, event);
        break;
      case 'checkpoint':
        this.checkpoint = event;
        break;
      case 'exported':
        this.exported = event;
        break;
      default:
        this.end = event;
        this.beforehand.length = 0;
    }
  }

  /** What is being worked out before the first step, and how far that is; null when nothing is. */
  get preparation(): Preparation | null {
    const [first] = this.beforehand;
    const last = this.beforehand.at(-1);
    if (!first || !last || last.done >= last.total) return null;
    const seconds = (Date.parse(last.time) - Date.parse(first.time)) / 1000;
    const rate = seconds > 0 && last.done > first.done ? (last.done - first.done) / seconds : null;
    const secondsLeft = rate && (last.total - last.done) / rate;
    return { ...preparationOf(last.what), done: last.done, total: last.total, rate, secondsLeft };
  }

  /** The last step done; 0 before the first. */
  get step(): number {
    return this.steps.at(-1)?.step ?? 0;
  }

  /** Steps a second, over the last ones; null before the first. */
  get rate(): number | null {
    const recent = this.steps.slice(-RECENT);
    const seconds = recent.reduce((sum, step) => sum + step.seconds, 0);
    return seconds > 0 ? recent.length / seconds : null;
  }

  /** Null when it is not known yet. */
  get secondsLeft(): number | null {
    const { rate, started } = this;
    return started && rate ? Math.max(0, started.steps - this.step) / rate : null;
  }
}

/** Work before the first step. */
export interface Preparation {
  readonly what: string;
  /** What is counted. */
  readonly unit: string;
  readonly done: number;
  readonly total: number;
  /** So many a second; null before the second report. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
}

/** Steps, or reports of work beforehand, that the rate is taken of. */
const RECENT = 50;

/** Adds what belongs to a step, in place of what was said of it and of later ones before. */
function put<Item extends { readonly step: number }>(items: Item[], item: Item): void {
  while ((items.at(-1)?.step ?? -1) >= item.step) items.pop();
  items.push(item);
}

/** What a run is doing; `interrupted`: it was killed, and goes on from its last checkpoint when it is asked to. */
export type TrainingState = 'new' | 'checked' | 'running' | 'interrupted' | 'stopped' | 'failed' | 'finished';

/**
 * @param isAtWork whether its trainer is alive
 * @param hasBegun whether one was started to train, and not only to look
 */
export function stateOf(
  { end, started, preflight }: TrainingHistory,
  isAtWork: boolean,
  hasBegun: boolean,
): TrainingState {
  if (isAtWork) return 'running';
  if (end) return end.type;
  if (started || hasBegun) return 'interrupted';
  return preflight ? 'checked' : 'new';
}
