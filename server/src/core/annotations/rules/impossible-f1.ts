import { columnsOf, EPSILON, numberIn, partner } from '../tables/columns.ts';
import type { TableRule } from '../types.ts';

export const impossibleF1: TableRule = {
  id: 'impossible-f1',
  scope: 'table',
  severity: 'error',
  docs: {
    what: 'An F1 that the precision and recall beside it cannot give: below both of them, or above their middle.',
    why: 'F1 is the harmonic mean of precision and recall, so it lies between them and never above their average. A number that does not belongs to another row, another average, or a mistake.',
    example:
      '| Model | Precision | Recall | F1 |\n| --- | --- | --- | --- |\n| LLaVA-CoT | 0.8446 | 0.8242 | 0.8840 |',
    fix: 'Compute F1 again from the same outputs. A mean of the F1s of single records may lie below mean precision and mean recall, never above their average: then say that it is such a mean, or leave out the row.',
  },
  *check({ table }) {
    for (const column of columnsOf(table, 'f1')) {
      const [precision, recall] = [partner(table, column, 'precision'), partner(table, column, 'recall')];
      for (const row of table.rows) {
        const f1 = numberIn(row, column);
        const [p, r] = [numberIn(row, precision)?.number, numberIn(row, recall)?.number];
        if (!f1 || !p || !r) continue;
        const { value, slack, isMean } = f1.number;
        const most = (p.value + r.value + p.slack + r.slack) / 2 + slack + EPSILON;
        const least = Math.min(p.value - p.slack, r.value - r.slack) - slack - EPSILON;
        const isAveraged = isMean || row.kind !== 'result';
        if (value <= most && (value >= least || isAveraged)) continue;
        const beside = `precision ${numberIn(row, precision)?.text} and recall ${numberIn(row, recall)?.text}`;
        const where =
          value <= most
            ? 'below both'
            : value > Math.max(p.value, r.value)
              ? 'above both'
              : 'above the average of';
        const why = value > most ? 'no harmonic mean is' : 'only a mean of several F1s can be';
        yield {
          message: `F1 ${f1.text} is ${where} ${beside}: ${why}.`,
          span: f1.span,
          field: column.title,
          evidence: f1.text,
        };
      }
    }
  },
};
