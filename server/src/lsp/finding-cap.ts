import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import { SOURCE } from './convert.ts';

/** VS Code shows no more diagnostics of a file than this. */
export const MOST_DIAGNOSTICS = 1000;

/** What the cap has to know of a chunk. */
export interface Listed {
  readonly relative: readonly Diagnostic[];
}

/** A chunk with something to show; `which` of its diagnostics, null for all. */
export interface Shown {
  readonly index: number;
  readonly which: readonly number[] | null;
}

/** How many findings of each severity, at the index that the protocol gives it (1 to 4). */
export type Totals = number[];

/** Adds a chunk's diagnostics to the totals or, with `-1`, takes them out. */
export function count(totals: Totals, { relative }: Listed, times: 1 | -1): void {
  for (const { severity } of relative) totals[severity as number]! += times;
}

/**
 * Chooses what is shown when there is too much: the chunk `first` whole, then the most severe findings,
 * within a severity those that stand first in the file. Results are in the order of the file; `left` says
 * how many are not among them.
 */
export function cap(
  entries: readonly (Listed | null)[],
  totals: Readonly<Totals>,
  first: number,
  most = MOST_DIAGNOSTICS,
): { shown: readonly Shown[]; left: Diagnostic | null } {
  const total = sum(totals);
  const own = entries[first];
  const quota = total > most ? quotas(totals, own, most) : null;
  const shown: Shown[] = [];
  for (let index = 0; index < entries.length; index++) {
    const relative = entries[index]?.relative;
    if (!relative || relative.length === 0) continue;
    const which = quota && index !== first ? take(relative, quota) : null;
    if (which?.length !== 0) shown.push({ index, which });
    if (quota && index > first && sum(quota) === 0) break;
  }
  return { shown, left: quota ? leftOut(total, Math.max(most - 1, own?.relative.length ?? 0)) : null };
}

/** The diagnostics of a file that is no list of records, as many as are shown. */
export function capped(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const entries = diagnostics.map((diagnostic) => ({ relative: [diagnostic] }));
  const totals: Totals = [0, 0, 0, 0, 0];
  for (const entry of entries) count(totals, entry, 1);
  const { shown, left } = cap(entries, totals, 0);
  const those = shown.map(({ index }) => diagnostics[index] as Diagnostic);
  return left ? [left, ...those] : those;
}

/** How many of each severity are shown besides the chunk that is shown whole, the most severe first. */
function quotas(totals: Readonly<Totals>, own: Listed | null | undefined, most: number): number[] {
  const others = [...totals];
  if (own) count(others, own, -1);
  // One place is taken by the diagnostic that says what is left out.
  let room = Math.max(0, most - 1 - (own?.relative.length ?? 0));
  return others.map((there) => {
    const granted = Math.min(there, room);
    room -= granted;
    return granted;
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The indexes of those that the quota has room for, which it then has no more. */
function take(relative: readonly Diagnostic[], quota: number[]): number[] {
  const which: number[] = [];
  for (let i = 0; i < relative.length; i++) {
    const severity = relative[i]!.severity as number;
    if (quota[severity]! > 0) {
      quota[severity]!--;
      which.push(i);
    }
  }
  return which;
}

function leftOut(total: number, shown: number): Diagnostic {
  const start = { line: 0, character: 0 };
  return {
    range: { start, end: start },
    severity: DiagnosticSeverity.Information,
    source: SOURCE,
    message: `${total - shown} of ${total} findings are left out here, the least severe ones: \`rationale lint\`, or \`rationale judge\` for outputs, shows them all.`,
  };
}
