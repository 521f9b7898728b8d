import Table from 'cli-table3';
import type { JudgedSource, RunComparison } from '../../core/pipeline/compare.ts';
import type { RunReport } from '../../core/pipeline.ts';
import { choiceLetter, count } from '../../core/text.ts';
import type { Format } from '../options.ts';
import { modelsOf } from './cascade.ts';
import { jsonLines, jsonText } from './json.ts';
import { numbersOf, percent, percentWithInterval } from './numbers.ts';
import { type Place, placeText } from './place.ts';

/**
 * What `compare` prints.
 * @param places Where the first records stand that the two are read differently on: these are listed.
 */
export function compareOutput(comparison: RunComparison, places: readonly Place[], format: Format): string {
  switch (format) {
    case 'json':
      return jsonText(comparisonJson(comparison, places));
    case 'jsonl':
      return jsonLines(recordsJson(comparison, places));
    case 'text':
      return `${text(comparison, places).join('\n')}\n`;
  }
}

function comparisonJson(comparison: RunComparison, places: readonly Place[]) {
  const { a, b, reasons, shared, onlyInA, onlyInB, accuracyA, accuracyB, differing } = comparison;
  const { difference, mcnemar, rightness, kappa } = comparison;
  return {
    comparable: reasons.length === 0,
    reasons,
    a: runJson(a),
    b: runJson(b),
    shared: { n: shared, onlyInA, onlyInB, accuracyA, accuracyB, difference, mcnemar, rightness, kappa },
    differing: { count: differing.length, records: recordsJson(comparison, places) },
  };
}

function runJson({ run, report, stale, missing, failed }: RunReport) {
  const { id, model, revision, prompt, setting } = run;
  const { slices: _, ...numbers } = numbersOf(report);
  return { run: id, model, revision, prompt, setting, ...numbers, stale, missing, failed };
}

function recordsJson({ differing }: RunComparison, places: readonly Place[]) {
  return places.map(({ file, range }, index) => {
    const [a, b] = differing[index] as [JudgedSource, JudgedSource];
    const said = ({ judgement: { reading, verdict } }: JudgedSource) => ({ choice: reading.choice, verdict });
    return { record: a.record.id, file, range, gold: a.record.answer, a: said(a), b: said(b) };
  });
}

function text(comparison: RunComparison, places: readonly Place[]): string[] {
  const { a, b, reasons, differing } = comparison;
  return [
    runTable([a, b]),
    reasons.length > 0
      ? `Not comparable: ${reasons.join('; ')}.`
      : 'Comparable: same records, reader and prompt.',
    ...sharedSentences(comparison),
    ...(differing.length > 0
      ? [`Read differently on ${count(differing.length, 'record')}${shown(places)}`]
      : []),
    ...places.map((place, index) => differenceLine(place, differing[index] as [JudgedSource, JudgedSource])),
  ];
}

function runTable(reports: readonly RunReport[]): string {
  const right = 'right' as const;
  const table = new Table({
    head: ['', 'run', 'model', 'n', 'accuracy (95 %)', 'coverage', 'reader'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'left', right, right, right, 'left'],
  });
  for (const [index, one] of reports.entries()) {
    const { n, accuracy, coverage, reader } = one.report;
    table.push([
      'AB'.charAt(index),
      one.run.id,
      modelsOf(one),
      n,
      percentWithInterval(accuracy),
      percent(coverage),
      reader,
    ]);
  }
  return table.toString();
}

/** The numbers on the records that both answered, each with what it was taken of. */
function sharedSentences({
  shared,
  accuracyA,
  accuracyB,
  difference,
  mcnemar,
  rightness,
  kappa,
}: RunComparison) {
  if (rightness.n === 0) return [`They share ${count(shared, 'record')}, none of them with a gold answer.`];
  const { n, both, onlyA, onlyB, neither } = rightness;
  const gain =
    difference &&
    `; B − A ${points(difference.difference)} (${points(difference.interval[0])} to ${points(difference.interval[1])})`;
  return [
    `On ${count(n, 'shared record')} with a gold answer: A ${percentWithInterval(accuracyA)}, B ${percentWithInterval(accuracyB)}${gain ?? ''}.`,
    `Both right ${both}, only A ${onlyA}, only B ${onlyB}, neither ${neither}: exact McNemar p = ${pText(mcnemar.p)} on the ${mcnemar.n} where one is right.`,
    kappa.value === null || kappa.interval === null
      ? `Cohen's kappa of the two readings is not known (n ${kappa.n}).`
      : `Cohen's kappa of the two readings: ${kappa.value.toFixed(2)} (${kappa.interval.map((bound) => bound.toFixed(2)).join('–')}), n ${kappa.n}.`,
  ];
}

/** A difference of shares in percentage points, with its sign. */
function points(share: number): string {
  const value = (share * 100).toFixed(1);
  return share < 0 ? value.replace('-', '−') : `+${value}`;
}

function pText(p: number): string {
  return p < 0.0001 ? p.toExponential(1) : p.toFixed(4);
}

function shown(places: readonly Place[]): string {
  return places.length > 0 ? `; the first ${places.length}:` : '.';
}

function differenceLine(place: Place, [a, b]: readonly [JudgedSource, JudgedSource]): string {
  const said = ({ judgement: { reading, verdict } }: JudgedSource) =>
    reading.choice === null ? verdict : `${choiceLetter(reading.choice)} ${verdict}`;
  return `${placeText(place)} ${a.record.id} A: ${said(a)}, B: ${said(b)}`;
}
