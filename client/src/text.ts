import type { TrainingRow, TrainingStateName } from '../../server/src/protocol/training.ts';
import type { Share } from '../../server/src/protocol/values.ts';

const TRAINING_STATES: Readonly<Record<TrainingStateName, string>> = {
  new: 'not begun',
  checked: 'checked',
  running: 'training',
  interrupted: 'interrupted',
  stopped: 'stopped',
  failed: 'failed',
  finished: 'finished',
};

/** `1 record`, `3 records`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** `62.5 %`; `–` when nothing was counted. */
export function percent({ n, value }: Share): string {
  return n === 0 ? '–' : `${(value * 100).toFixed(1)} %`;
}

/** `62.5 % (54–70, 75 of 120)`: value, 95 % interval, counts. */
export function shareWithInterval(share: Share): string {
  if (share.n === 0) return '– (0 of 0)';
  const [low, high] = share.interval.map((bound) => Math.round(bound * 100));
  return `${percent(share)} (${low}–${high}, ${share.count} of ${share.n})`;
}

export function basename({ path }: { readonly path: string }): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `40 s`, `12 min`, `3.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** What a training is doing, in the same word wherever it is shown. */
export function trainingState({
  state,
  isCheck,
  waitingJob,
}: Pick<TrainingRow, 'state' | 'isCheck' | 'waitingJob'>): string {
  if (waitingJob !== null) return 'queued';
  return isCheck ? 'checking' : TRAINING_STATES[state];
}

/** `step 3 of 42`; `42 steps` before the first; nothing while it is not known. */
export function trainingProgress({ step, steps }: Pick<TrainingRow, 'step' | 'steps'>): string {
  if (steps === null) return '';
  return step === 0 ? `${steps} steps` : `step ${step} of ${steps}`;
}
