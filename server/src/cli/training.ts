import { dirname } from 'node:path';
import { continues, preparationOf } from '../core/progress.ts';
import type { Progress } from '../core/training/events.ts';
import { follow } from '../training/follow.ts';
import { pythonWords } from '../training/python.ts';
import { askToStop } from '../training/trainer-process.ts';
import { TrainingRun } from '../training/training-run.ts';
import { ProgressLine } from './progress.ts';
import { usablePython } from './python.ts';

/**
 * The Python that trains, and what is to be said of it.
 *
 * @param recipe path of the recipe, from which a `.venv` is looked for
 * @param named the user's own choice: no other will do
 * @param before what has trained the run so far
 * @throws UsageError that says the one command to give, when there is none that can
 */
export async function findTrainer(
  recipe: string,
  named: string | undefined,
  before: string | null = null,
): Promise<{ readonly path: string; readonly words: string }> {
  const choice = {
    named: named ?? null,
    before: named === undefined ? before : null,
    from: [dirname(recipe)],
  };
  const probe = await usablePython('Training', choice);
  return { path: probe.path, words: pythonWords(probe) };
}

/**
 * Shows how far the training is until it ends. Ctrl-C asks it to save and stop; a terminal that closes leaves it
 * running.
 *
 * @param isCheck what is found is the result then, and not told meanwhile
 */
export async function watchTraining(run: TrainingRun, isCheck: boolean): Promise<TrainingRun> {
  const line = new ProgressLine(run.name, 'steps');
  const beforehand = new PreparationLine(run.name);
  const leave = new AbortController();
  let asked = false;
  const onInterrupt = () => {
    if (asked) leave.abort();
    else {
      askToStop(run.folder);
      process.stderr.write('\nStopping after this step; the run is saved. Once more leaves it running.\n');
    }
    asked = true;
  };
  process.on('SIGINT', onInterrupt);
  const first = run.history.step;
  try {
    for await (const events of follow(run.folder, run.events, leave.signal)) {
      for (const event of events) {
        if (event.type === 'progress') beforehand.show(event);
        else beforehand.end();
        if (event.type === 'collapse') process.stderr.write(`${event.message}\n`);
        if (event.type !== 'preflight' || isCheck) continue;
        for (const { severity, message } of event.findings) process.stderr.write(`${severity}: ${message}\n`);
      }
      const { step, started } = run.history;
      if (started) line.show(step, started.steps, step - first);
    }
  } finally {
    process.off('SIGINT', onInterrupt);
  }
  beforehand.end();
  line.end();
  return new TrainingRun(run.folder);
}

/** A progress line for each piece of work before the first step. */
class PreparationLine {
  private readonly run: string;
  private line: ProgressLine | null = null;
  private reports: Progress[] = [];

  constructor(run: string) {
    this.run = run;
  }

  show(report: Progress): void {
    if (!this.line || !continues(this.reports.at(-1), report)) {
      this.end();
      const { what, unit } = preparationOf(report.what);
      this.line = new ProgressLine(`${this.run}, ${what}`, unit);
    }
    this.reports.push(report);
    const [first = report] = this.reports;
    const seconds = (Date.parse(report.time) - Date.parse(first.time)) / 1000;
    this.line.show(report.done, report.total, report.done - first.done, '', '', seconds);
  }

  end(): void {
    this.line?.end();
    this.line = null;
    this.reports = [];
  }
}
