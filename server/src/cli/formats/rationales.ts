import type { RecordRationale } from '../../core/pipeline/rationales.ts';
import { count } from '../../core/text.ts';
import type { Format } from '../options.ts';
import { jsonLines, jsonText } from './json.ts';

/** What became of the records, and where their rationales went. */
export interface RationalesReport {
  readonly teacher: string;
  readonly found: readonly RecordRationale[];
  /** Ids of records whose rationale a person wrote. */
  readonly handEdited: readonly string[];
  /** These were replaced. */
  readonly replaced: boolean;
  /** One sentence. */
  readonly written: string;
}

export function rationalesOutput(report: RationalesReport, format: Format): string {
  const rows = report.found.map(rowOf);
  switch (format) {
    case 'json':
      return jsonText({ ...countsOf(report), handEdited: report.handEdited, records: rows });
    case 'jsonl':
      return jsonLines(rows);
    case 'text':
      return `${textOf(report)}\n`;
  }
}

function rowOf({ recordId, rationale, passed, of }: RecordRationale) {
  const state = rationale ? (rationale.rationalised ? 'rationalised' : 'kept') : of > 0 ? 'none' : 'failed';
  return { id: recordId, state, passed, of, passRate: of === 0 ? null : passed / of, rationale };
}

function countsOf({ teacher, found }: RationalesReport) {
  const states = Object.groupBy(found.map(rowOf), ({ state }) => state);
  const samples = found.reduce((sum, { of }) => sum + of, 0);
  const passed = found.reduce((sum, one) => sum + one.passed, 0);
  return {
    teacher,
    n: found.length,
    kept: states.kept?.length ?? 0,
    rationalised: states.rationalised?.length ?? 0,
    none: states.none?.length ?? 0,
    failed: states.failed?.length ?? 0,
    samples,
    passed,
    goldShown: found.some(({ rationale }) => rationale?.goldShown && !rationale.rationalised),
  };
}

function textOf(report: RationalesReport): string {
  const { n, kept, rationalised, none, failed, samples, passed, goldShown } = countsOf(report);
  const { handEdited, replaced, written, teacher } = report;
  const share = samples === 0 ? '' : ` (${((100 * passed) / samples).toFixed(1)} %)`;
  const sentences = [
    `${teacher}: ${count(n, 'record')}, ${passed} of ${count(samples, 'sample')} pass${share}.`,
    `${kept} kept, ${rationalised} made from the gold answer, ${none} without one${failed > 0 ? `, ${failed} not answered` : ''}.`,
    goldShown ? 'The teacher was shown the gold answer: that it is reached proves nothing.' : '',
    handEdited.length > 0 ? handEditedText(handEdited, replaced) : '',
    written,
  ];
  return sentences.filter(Boolean).join('\n');
}

/** Ids that are named; the rest is counted. */
const NAMED = 10;

function handEditedText(ids: readonly string[], replaced: boolean): string {
  const rest = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
  const which = `${ids.slice(0, NAMED).join(', ')}${rest}`;
  return replaced
    ? `Replaced what a person had written: ${which}.`
    : `Left what a person has written (--replace replaces it): ${which}.`;
}
