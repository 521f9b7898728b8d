import { decodingWords } from '../decoding.ts';
import type { Judgement } from '../judgements/types.ts';
import { type Comparison, compare } from '../metrics/compare.ts';
import type { JudgedRecord } from '../metrics/report.ts';
import type { RecordSource } from '../records/types.ts';
import { count } from '../text.ts';
import type { RecordResult, RunReport } from './types.ts';

/** One run's answer to one record, with the place of the record. */
export interface JudgedSource extends JudgedRecord {
  readonly judgement: Judgement;
  readonly source: RecordSource;
  readonly result: RecordResult;
}

/** Two runs held against each other, and why their numbers must not be, if there is a reason. */
export interface RunComparison extends Comparison<JudgedSource> {
  readonly a: RunReport;
  readonly b: RunReport;
  /** One clause each, `A` and `B` being the first and the second run; empty: the two may be compared. */
  readonly reasons: readonly string[];
}

/** Compares two stored runs on the records that both answered, as the dataset stands now. */
export function compareRuns(a: RunReport, b: RunReport): RunComparison {
  const comparison = compare(judgedSources(a), judgedSources(b));
  return { ...comparison, a, b, reasons: reasonsAgainst(a, b, comparison) };
}

/**
 * What makes the numbers of two runs answer different questions: other records, another number of them, another
 * reader, or another way of asking.
 */
function reasonsAgainst(
  a: RunReport,
  b: RunReport,
  { onlyInA, onlyInB }: Comparison<JudgedSource>,
): string[] {
  const [first, second] = [a.run, b.run];
  const [readerA, readerB] = [a.report.reader, b.report.reader];
  const onlyIn = (n: number, name: string) => `${count(n, 'record')} only in ${name}`;
  const reasons: [boolean, string][] = [
    [onlyInA + onlyInB > 0, `their record sets differ: ${onlyIn(onlyInA, 'A')}, ${onlyIn(onlyInB, 'B')}`],
    [a.report.n !== b.report.n, `their n differ: ${a.report.n} and ${b.report.n}`],
    [readerA !== readerB, `their answer readers differ: ${readerA || 'none'} and ${readerB || 'none'}`],
    [
      first.promptText !== second.promptText,
      first.prompt === second.prompt
        ? `their prompts differ: ${first.prompt} was changed between them`
        : `their prompts differ: ${first.prompt} and ${second.prompt}`,
    ],
    [first.setting !== second.setting, `their settings differ: ${first.setting} and ${second.setting}`],
    [
      !decodingsOf(a).some((decoding) => decodingsOf(b).includes(decoding)),
      `their decoding differs: ${decodingWords(first.decoding)}; and ${decodingWords(second.decoding)}`,
    ],
  ];
  return reasons.filter(([holds]) => holds).map(([, reason]) => reason);
}

/** Of the run, and of the student of a cascade. */
function decodingsOf({ run, cascade }: RunReport): string[] {
  return [run, ...(cascade ? [cascade.student] : [])].map(({ decoding }) => JSON.stringify(decoding));
}

function judgedSources({ results }: RunReport): JudgedSource[] {
  return results.map(({ source, result }) => ({
    record: source.record,
    judgement: result.judgement,
    source,
    result,
  }));
}
