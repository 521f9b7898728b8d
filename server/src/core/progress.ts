/** How far a run is, as people read it: `120/400 records, 14.2 records/s, 20 s left`. The rate counts what was made in this sitting. */
export function progressText(
  done: number,
  total: number,
  generated: number,
  seconds: number,
  unit = 'records',
): string {
  const counts = `${done}/${total} ${unit}`;
  if (generated === 0 || seconds <= 0) return counts;
  const rate = generated / seconds;
  const left = Math.ceil((total - done) / rate);
  return `${counts}, ${rate.toFixed(1)} ${unit}/s${left > 0 ? `, ${duration(left)} left` : ''}`;
}

/** `40 s`, `12 min`, `3.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** `471 MB`, `12.5 GB`. */
export function memory(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** The work that a trainer may do before its first step, and what is counted. */
const PREPARATIONS: Readonly<Record<string, { readonly what: string; readonly unit: string }>> = {
  features: { what: 'image features', unit: 'images' },
  teacher: { what: 'the teacher’s token probabilities', unit: 'texts' },
  reference: { what: 'the reference model’s token probabilities', unit: 'texts' },
};

/** What a trainer is working out, in words; a newer one may name something else. */
export function preparationOf(name: string) {
  return PREPARATIONS[name] ?? { what: name, unit: 'items' };
}

/** Whether a report goes on from an earlier one: the images of training and evaluation are counted by themselves. */
export function continues(before: Report | undefined, { what, done, total }: Report): boolean {
  return before !== undefined && before.what === what && before.total === total && before.done <= done;
}

interface Report {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}
