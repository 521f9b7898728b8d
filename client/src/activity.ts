import * as vscode from 'vscode';

/** An annotation in progress, as the status bar shows it. */
export interface Job {
  /** `sketchbook-student on problems.json, val` */
  readonly title: string;
  /** `120/400 records, 14.2 records/s, 20 s left`; empty before the first report. */
  message: string;
}

/** The annotations that run now. */
export class Activity implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #jobs = new Set<Job>();
  readonly onDidChange = this.#changed.event;

  /** Oldest first. */
  get jobs(): readonly Job[] {
    return [...this.#jobs];
  }

  /** Shows a job until `work` is done. `report` replaces its message. */
  async during<T>(title: string, work: (report: (message: string) => void) => Promise<T>): Promise<T> {
    const job: Job = { title, message: '' };
    this.#jobs.add(job);
    this.#changed.fire();
    try {
      return await work((message) => {
        job.message = message;
        this.#changed.fire();
      });
    } finally {
      this.#jobs.delete(job);
      this.#changed.fire();
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
