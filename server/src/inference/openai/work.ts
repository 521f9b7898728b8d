import type { Ask } from './request.ts';

/** An ask and how often it was tried in vain. */
export interface Task {
  readonly ask: Ask;
  readonly tries: number;
}

/** What is left to be asked; at least one thing is. A task that is taken is settled, or comes back. */
export class Work {
  private readonly waiting: Task[];
  private unsettled: number;
  private readonly onDone: () => void;
  private readonly takers: ((task: Task) => void)[] = [];

  /** @param onDone called when everything is settled */
  constructor(asks: readonly Ask[], onDone: () => void) {
    this.onDone = onDone;
    this.waiting = asks.map((ask) => ({ ask, tries: 0 }));
    this.unsettled = asks.length;
  }

  /** The next task, once there is one. */
  async take(signal: AbortSignal): Promise<Task> {
    signal.throwIfAborted();
    const task = this.waiting.shift();
    if (task) return task;
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
    else this.waiting.unshift(task);
  }

  /** The task is done with; `more` came out of it. */
  settle(more: readonly Task[] = []): void {
    this.unsettled += more.length - 1;
    for (const task of more) this.putBack(task);
    if (this.unsettled === 0) this.onDone();
  }
}
