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
