import { type JudgedOutput, reportOf } from '../../core/pipeline.ts';
import type { RecordSource } from '../../core/records/types.ts';
import { choiceLetter, quote } from '../../core/text.ts';
import type { Format } from '../options.ts';
import { jsonLines, jsonText } from './json.ts';
import { numbersOf, percent, percentWithInterval } from './numbers.ts';

/** One output of the file, judged. */
export interface JudgedRow {
  /** Zero-based place in the outputs file. */
  readonly row: number;
  readonly source: RecordSource;
  readonly result: JudgedOutput;
}

/** What `judge` prints; both JSON shapes are a contract (design section 6). */
export function judgeOutput(rows: readonly JudgedRow[], format: Format): string {
  switch (format) {
    case 'json':
      return jsonText({ ...numbersOf(numbersOfRows(rows)), findings: ruleCounts(rows) });
    case 'jsonl':
      return jsonLines(rows.map(rowJson));
    case 'text':
      return text(rows);
  }
}

function rowJson({ row, source, result }: JudgedRow) {
  const { reading, verdict, rationale } = result.judgement;
  return {
    id: source.record.id,
    row,
    choice: reading.choice,
    method: reading.method,
    span: reading.span,
    verdict,
    stages: rationale.stages.map(({ name, text, span, closeTag }) => ({
      name,
      text,
      span,
      closed: closeTag !== null,
    })),
    findings: result.findings.map(({ rule, severity, message, evidence }) => ({
      rule,
      severity,
      message,
      evidence,
    })),
  };
}

function text(rows: readonly JudgedRow[]): string {
  const numbers = numbersOfRows(rows);
  const lines = rows.map(({ row, source, result }) => {
    const { reading, verdict } = result.judgement;
    const read = reading.choice === null ? '–' : `${choiceLetter(reading.choice)} by ${reading.method}`;
    const rules = result.findings.map((finding) => finding.rule).join(' ');
    return `${row + 1} ${source.record.id} ${verdict} ${read} ${quote(result.prediction.output, 50)} ${rules}`.trimEnd();
  });
  const found = Object.entries(ruleCounts(rows)).map(([rule, n]) => `${n} ${rule}`);
  return `${[
    ...lines,
    '',
    `n ${numbers.n}, accuracy ${percentWithInterval(numbers.accuracy)}, coverage ${percent(numbers.coverage)}, reader ${numbers.reader || 'none'}`,
    ...(found.length > 0 ? [`Findings: ${found.join(', ')}`] : []),
  ].join('\n')}\n`;
}

function numbersOfRows(rows: readonly JudgedRow[]) {
  return reportOf(rows.map(({ source, result }) => ({ record: source.record, judgement: result.judgement })));
}

/** How many findings of each rule, most first. */
function ruleCounts(rows: readonly JudgedRow[]): Record<string, number> {
  const groups = Map.groupBy(
    rows.flatMap(({ result }) => result.findings),
    (finding) => finding.rule,
  );
  const counts = [...groups].map(([rule, findings]) => [rule, findings.length] as const);
  return Object.fromEntries(counts.sort((a, b) => b[1] - a[1]));
}
