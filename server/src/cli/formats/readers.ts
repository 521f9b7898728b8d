import Table from 'cli-table3';
import type { readAll } from '../../core/pipeline.ts';
import { choiceLetter } from '../../core/text.ts';

export type AllReadings = ReturnType<typeof readAll>;

/** How many outputs on which the readers differ are listed as text. */
const SHOWN = 20;

/** What each reader made of the outputs: shares by reader, and the outputs on which they differ. */
export function readersJson({ counts, differing }: AllReadings, rows: readonly { readonly row: number }[]) {
  return {
    readers: Object.fromEntries(
      Object.entries(counts).map(([id, { reader, n, mapped, graded, correct }]) => [
        id,
        { reader, n, mapped, coverage: share(mapped, n), correct, accuracy: share(correct, graded) },
      ]),
    ),
    differing: differing.map(({ row, readings }) => ({
      row: rows[row]?.row,
      choices: Object.fromEntries(Object.entries(readings).map(([id, reading]) => [id, reading.choice])),
    })),
  };
}

/** The same as a table and a list. */
export function readersText(
  { counts, differing }: AllReadings,
  rows: readonly { readonly row: number }[],
): string {
  const right = 'right' as const;
  const table = new Table({
    head: ['reader', 'n', 'accuracy', 'coverage'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', right, right, right],
  });
  for (const { reader, n, mapped, graded, correct } of Object.values(counts)) {
    table.push([reader, n, percent(share(correct, graded)), percent(share(mapped, n))]);
  }
  const lines = differing.slice(0, SHOWN).map(({ row, readings }) => {
    const choices = Object.entries(readings).map(
      ([id, { choice }]) => `${id} ${choice === null ? '–' : choiceLetter(choice)}`,
    );
    return `${(rows[row]?.row ?? row) + 1}: ${choices.join(', ')}`;
  });
  const rest = differing.length > SHOWN ? `, of which the first ${SHOWN}` : '';
  return [table.toString(), `The readers differ on ${differing.length} outputs${rest}:`, ...lines].join('\n');
}

function share(count: number, n: number): number {
  return n === 0 ? 0 : count / n;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`;
}
