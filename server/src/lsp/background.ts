import type { FindingIndex } from './finding-index.ts';

/** Milliseconds of work between two looks at what the editor wants. */
const SLICE = 5;
/** So long after an edit nothing is done here: the editor asks what the edit has changed. Milliseconds. */
const ASIDE = 50;
/** While a large dataset is being checked, what is known so far is shown this often. Milliseconds. */
const SHOW_EVERY = 500;

/** A dataset or an outputs file. */
export interface Checkable {
  readonly uri: string;
  readonly findings: FindingIndex;
}

/** Checks what is not checked yet, in slices short enough to go unnoticed while typing. */
export class Background {
  private readonly onFound: (dataset: Checkable, complete: boolean) => void;
  private readonly onError: (error: unknown) => void;
  private readonly waiting = new Map<Checkable, { shownAt: number }>();
  private running = false;
  private asideUntil = 0;

  /** @param onFound called when a dataset is done, and now and then before */
  constructor(onFound: (dataset: Checkable, complete: boolean) => void, onError: (error: unknown) => void) {
    this.onFound = onFound;
    this.onError = onError;
  }

  add(dataset: Checkable): void {
    if (!this.waiting.has(dataset)) this.waiting.set(dataset, { shownAt: performance.now() });
    if (!this.running) this.next();
  }

  remove(dataset: Checkable): void {
    this.waiting.delete(dataset);
  }

  /** Leaves the time right after an edit to what is asked about it. */
  stepAside(): void {
    this.asideUntil = performance.now() + ASIDE;
  }

  private next(): void {
    this.running = true;
    const wait = this.asideUntil - performance.now();
    if (wait > 0) setTimeout(() => this.turn(), wait);
    else setImmediate(() => this.turn());
  }

  private turn(): void {
    this.running = false;
    try {
      if (performance.now() >= this.asideUntil) this.slice();
    } catch (error) {
      // Rather one dataset half checked than a server that stumbles over it for ever.
      for (const [dataset] of [...this.waiting].slice(0, 1)) this.waiting.delete(dataset);
      this.onError(error);
    }
    if (this.waiting.size > 0) this.next();
  }

  private slice(): void {
    const [first] = this.waiting;
    if (!first) return;
    const [dataset, progress] = first;
    const now = performance.now();
    const complete = dataset.findings.work(now + SLICE);
    if (complete) this.waiting.delete(dataset);
    else if (now - progress.shownAt < SHOW_EVERY) return;
    progress.shownAt = now;
    this.onFound(dataset, complete);
  }
}
