import { calibration, type JudgedOutput, passAt, reportOf } from '../../core/pipeline.ts';
import type { RecordSource } from '../../core/records/types.ts';
import { choiceLetter, quote } from '../../core/text.ts';
import type { CheckFormat } from '../options.ts';
import type { OutputPlace } from '../output-places.ts';
import type { TextMetrics } from '../text-metrics.ts';
import type { Check, CheckedFile } from './checked.ts';
import { jsonLines, jsonText } from './json.ts';
import { junitOutput } from './junit.ts';
import {
  calibrationSentence,
  numbersOf,
  percent,
  percentWithInterval,
  quadrantSentence,
  samplesSentence,
} from './numbers.ts';
import type { Place } from './place.ts';
import { type AllReadings, readersJson, readersText } from './readers.ts';
import { sarifOutput } from './sarif.ts';
import { rowMetricsJson, textMetricsJson, textMetricsText } from './text-metrics.ts';

/** One output of the file, judged. */
export interface JudgedRow {
  /** Zero-based place in the outputs file. */
  readonly row: number;
  readonly source: RecordSource;
  readonly result: JudgedOutput;
  /** How sure its model says to be, 0 to 1; null when it does not say. */
  readonly confidence: number | null;
}

/** A file of outputs, judged. */
export interface JudgedFile {
  /** As the user wrote it. */
  readonly file: string;
  readonly rows: readonly JudgedRow[];
  /** What every reader makes of the outputs; null unless that was asked for. */
  readonly readings: AllReadings | null;
  /** How near the rationales are to their references; null unless that was asked for. */
  readonly texts: TextMetrics | null;
  /** Works out where the outputs stand in the file, which most formats do not ask. */
  readonly places: () => OutputPlace;
  /** Where its record stands in the dataset. */
  readonly recordPlace: (source: RecordSource) => Place;
}

/** What `judge` prints; both JSON shapes are a contract (design section 6). */
export function judgeOutput(judged: JudgedFile, format: CheckFormat, check: Check): string {
  const { rows, readings, texts } = judged;
  switch (format) {
    case 'json':
      return jsonText({
        ...numbersOf(numbersOfRows(rows)),
        passAt: passAt(itemsOf(rows)),
        calibration: calibrationOf(rows),
        metrics: texts && textMetricsJson(texts),
        ...(readings && readersJson(readings, rows)),
        findings: ruleCounts(rows),
      });
    case 'jsonl':
      return jsonLines(
        rows.map((row, index) => ({
          ...rowJson(row),
          metrics: texts && rowMetricsJson(texts, index),
        })),
      );
    case 'sarif':
      return sarifOutput([checkedFile(judged)], check);
    case 'junit':
      return junitOutput([checkedFile(judged)], check);
    case 'text':
      return text(judged);
  }
}

/** The findings at their characters of the outputs file. */
function checkedFile({ file, rows, places, recordPlace }: JudgedFile): CheckedFile {
  const placeOf = places();
  const findings = rows.flatMap(({ row, source, result }) =>
    result.findings.map((finding) => ({
      finding,
      ...placeOf(row, finding.outputSpan),
      record: recordPlace(source),
    })),
  );
  return { file, records: rows.map(({ source }) => source.record.id), findings };
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
    findings: result.findings.map(({ rule, severity, message, evidence, outputSpan }) => ({
      rule,
      severity,
      message,
      evidence,
      span: outputSpan ?? null,
    })),
  };
}

function text({ rows, readings, texts }: JudgedFile): string {
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
    ...moreSentences(rows),
    ...(found.length > 0 ? [`Findings: ${found.join(', ')}`] : []),
    ...(readings ? ['', readersText(readings, rows)] : []),
    ...(texts ? ['', textMetricsText(texts)] : []),
  ].join('\n')}\n`;
}

/** What only some files tell: where reasoning goes wrong, several outputs a record, stated confidences. */
function moreSentences(rows: readonly JudgedRow[]): string[] {
  const quadrants = quadrantSentence(numbersOfRows(rows));
  const samples = passAt(itemsOf(rows));
  const stated = calibrationOf(rows);
  return [
    quadrants ? `Reasoning: ${quadrants}` : '',
    samples ? `Samples: ${samplesSentence(samples)}` : '',
    stated ? `Calibration: ${calibrationSentence(stated)}` : '',
  ].filter((sentence) => sentence !== '');
}

function numbersOfRows(rows: readonly JudgedRow[]) {
  return reportOf(itemsOf(rows));
}

function itemsOf(rows: readonly JudgedRow[]) {
  return rows.map(({ source, result }) => ({ record: source.record, judgement: result.judgement }));
}

/** Of the outputs whose confidence and gold answer are known. */
function calibrationOf(rows: readonly JudgedRow[]) {
  return calibration(
    rows.flatMap(({ confidence, result: { judgement } }) =>
      confidence === null || judgement.verdict === 'ungraded'
        ? []
        : [{ confidence, correct: judgement.verdict === 'correct' }],
    ),
  );
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
