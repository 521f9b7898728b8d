import type { Ask } from './request.ts';

/** An ask and how often it was tried in vain. */
export interface Task {
  readonly ask: Ask;
  readonly tries: number;
}

/** What is left to be asked. A task that is taken is settled, or comes back. */
export class Work {
  /** Not taken yet. */
  private readonly rest: Iterator<Ask>;
  private readonly again: Task[] = [];
  private unsettled = 0;
  private isTaken = false;
  private readonly onDone: () => void;
  private readonly takers: ((task: Task) => void)[] = [];

  /** @param onDone called when everything is settled */
  constructor(asks: Iterable<Ask>, onDone: () => void) {
    this.onDone = onDone;
    this.rest = asks[Symbol.iterator]();
  }

  /** The next task, once there is one. */
  async take(signal: AbortSignal): Promise<Task> {
    signal.throwIfAborted();
    const task = this.again.shift() ?? this.first();
    if (task) return task;
    // Perhaps it was just found that everything is settled.
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      this.takers.push(resolve);
      signal.addEventListener('abort', () => {
        const place = this.takers.indexOf(resolve);
        if (place >= 0) this.takers.splice(place, 1);
        reject(signal.reason);
      });
    });
  }

  /** The task is to be tried again, before those that were not tried yet. */
  putBack(task: Task): void {
    const taker = this.takers.shift();
    if (taker) taker(task);
    else this.again.unshift(task);
  }

  /** The task is done with; `more` came out of it. */
  settle(more: readonly Task[] = []): void {
    this.unsettled += more.length - 1;
    for (const task of more) this.putBack(task);
    this.lookWhetherDone();
  }

  /** A task that was never taken; null when all are. */
  private first(): Task | null {
    if (this.isTaken) return null;
    const { value: ask, done } = this.rest.next();
    this.isTaken = done === true;
    if (done) this.lookWhetherDone();
    else this.unsettled++;
    return done ? null : { ask, tries: 0 };
  }

  private lookWhetherDone(): void {
    if (this.isTaken && this.unsettled === 0) this.onDone();
  }
}
