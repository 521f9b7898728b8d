import Table from 'cli-table3';
import type { CascadeReport, CascadeRow, RunReport, Spending } from '../../core/pipeline/types.ts';
import { count } from '../../core/text.ts';
import { percent, percentWithInterval } from './numbers.ts';

/** Who answered how much in a cascade, and its accuracy and price beside those of each model alone. */
export function cascadeText({ run, cascade }: RunReport): string[] {
  if (!cascade) return [];
  const { student, below, sent, rows } = cascade;
  const right = 'right' as const;
  const table = new Table({
    head: ['', 'accuracy (95 %)', 'student tokens', 'teacher tokens', 'cost'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', right, right, right, right],
  });
  for (const row of rows) {
    const accuracy = row.accuracy === null ? '–' : percentWithInterval(row.accuracy);
    const about = row.accuracy === null && row.teacher ? '≈ ' : '';
    const cost = costOf(row);
    table.push([
      row.who === 'cascade' ? 'cascade' : `${row.who} alone`,
      accuracy,
      tokens(row.student),
      about + tokens(row.teacher),
      cost === null ? '–' : about + cost.toFixed(4),
    ]);
  }
  const unknown = rows.some(({ accuracy }) => accuracy === null)
    ? [
        `What ${run.model} alone would reach is known when \`annotate\` has asked it everything; what is answered is not asked again.`,
      ]
    : [];
  return [
    '',
    `${run.id}: ${sent.count} of ${count(sent.n, 'record')} (${percent(sent)}) went to ${run.model}, where fewer than ${(100 * below).toFixed(0)} % of the samples of ${student.model} agree. Tokens are of prompt + output, for each record.`,
    table.toString(),
    ...unknown,
  ];
}

/** The model, or both of a cascade. */
export function modelsOf({ run, cascade }: RunReport): string {
  return cascade ? `${cascade.student.model} → ${run.model}` : run.model;
}

export function cascadeJson({ student, below, sent, sentIds, rows }: CascadeReport) {
  return {
    student: { run: student.id, model: student.model },
    below,
    sent: { count: sent.count, n: sent.n, value: sent.value },
    sentIds,
    rows: rows.map((row) => ({ ...row, accuracy: row.accuracy?.value ?? null, cost: costOf(row) })),
  };
}

function tokens(spending: Spending | null): string {
  return spending ? `${spending.promptTokens.toFixed(1)} + ${spending.tokens.toFixed(1)}` : '–';
}

function costOf({ student, teacher }: CascadeRow): number | null {
  const paid = [student, teacher].flatMap((spending) => spending?.cost ?? []);
  return paid.length === 0 ? null : paid.reduce((all, cost) => all + cost, 0);
}
