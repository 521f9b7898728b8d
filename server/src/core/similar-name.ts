/** Characters of a name that are compared: longer ones are not typed by hand. */
const MOST_COMPARED = 60;

/** The known names that a misspelt one may mean, the most similar first: a third of its characters may differ. */
export function similarNames(name: string, known: Iterable<string>, limit = 3): string[] {
  const wanted = fold(name);
  const most = Math.max(1, Math.floor(wanted.length / 3));
  const close: { name: string; distance: number }[] = [];
  for (const candidate of known) {
    const other = fold(candidate);
    if (Math.abs(other.length - wanted.length) > most) continue;
    const distance = editDistance(wanted, other);
    if (distance <= most) close.push({ name: candidate, distance });
  }
  return close
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map((one) => one.name);
}

function fold(name: string): string {
  return name.slice(0, MOST_COMPARED).toLowerCase().replaceAll('-', '_');
}

/**
 * Characters to add, drop, change or swap with their neighbour (optimal string alignment; Damerau, 1964, "A
 * technique for computer detection and correction of spelling errors").
 */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(changed, (above[j] as number) + 1, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] as number) + 1);
      }
      row.push(least);
    }
    [before, above] = [above, row];
  }
  return above[b.length] as number;
}
