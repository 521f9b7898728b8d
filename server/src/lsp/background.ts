import type { Dataset } from './dataset.ts';

/** Milliseconds of work between two looks at what the editor wants. */
const SLICE = 5;
/** While a large dataset is being checked, what is known so far is shown this often. Milliseconds. */
const SHOW_EVERY = 500;

/** Checks what is not checked yet, in slices short enough to go unnoticed while typing. */
export class Background {
  private readonly onFound: (dataset: Dataset, complete: boolean) => void;
  private readonly onError: (error: unknown) => void;
  private readonly waiting = new Map<Dataset, { shownAt: number }>();
  private running = false;

  /** @param onFound called when a dataset is done, and now and then before */
  constructor(onFound: (dataset: Dataset, complete: boolean) => void, onError: (error: unknown) => void) {
    this.onFound = onFound;
    this.onError = onError;
  }

  add(dataset: Dataset): void {
    if (!this.waiting.has(dataset)) this.waiting.set(dataset, { shownAt: performance.now() });
    if (!this.running) this.next();
  }

  remove(dataset: Dataset): void {
    this.waiting.delete(dataset);
  }

  private next(): void {
    this.running = true;
    setImmediate(() => {
      this.running = false;
      try {
        this.slice();
      } catch (error) {
        // Rather one dataset half checked than a server that stumbles over it for ever.
        for (const [dataset] of [...this.waiting].slice(0, 1)) this.waiting.delete(dataset);
        this.onError(error);
      }
      if (this.waiting.size > 0) this.next();
    });
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
