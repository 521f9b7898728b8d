import { stderr } from 'node:process';
import { progressText } from '../core/progress.ts';
import { shorten } from '../core/text.ts';

/**
 * One progress line on a terminal, rewritten in place; elsewhere a line every ten seconds, so that a log
 * stays readable. Always on stderr: stdout belongs to results.
 */
export class ProgressLine {
  private readonly label: string;
  private readonly unit: string;
  private started: number;
  private part = '';
  private lastShown = 0;
  private lastDone = -1;

  /** @param unit what is counted */
  constructor(label: string, unit = 'records') {
    this.label = label;
    this.unit = unit;
    this.started = performance.now();
  }

  /**
   * @param generated How many of `done` were made in this sitting: the rate counts only these.
   * @param part of the work, when it has several that are counted by themselves
   * @param at what is being done just now
   * @param seconds that `generated` took, where somebody else has measured it
   */
  show(done: number, total: number, generated: number, part = '', at = '', seconds?: number): void {
    const now = performance.now();
    if (part !== this.part) {
      [this.part, this.started, this.lastDone] = [part, now, -1];
    }
    const pause = stderr.isTTY ? 100 : 10_000;
    if (done === this.lastDone || (done < total && now - this.lastShown < pause)) return;
    this.lastShown = now;
    this.lastDone = done;
    const label = part === '' ? this.label : `${this.label}, ${part}`;
    const text = `${label}  ${progressText(done, total, generated, seconds ?? (now - this.started) / 1000, this.unit)}`;
    const line = at === '' ? text : `${text}  ${at}`;
    stderr.write(stderr.isTTY ? `\r\x1b[2K${shorten(line, Math.max(20, stderr.columns - 1))}` : `${line}\n`);
  }

  end(): void {
    if (stderr.isTTY && this.lastDone >= 0) stderr.write('\n');
  }
}
