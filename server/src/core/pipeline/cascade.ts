/**
 * A cascade: a student is asked first, several times, and a teacher only where the student's samples disagree. A record
 * stays with the student when its agreement s ≥ τ; the whole costs c(student) · n + P(s < τ) · n · c(teacher).
 */
import { report } from '../metrics/report.ts';
import { share } from '../metrics/share.ts';
import type { Report } from '../metrics/types.ts';
import type { Decoding, ModelCard } from '../models/types.ts';
import type { Cascade, RunCard } from '../store/types.ts';
import type { AnnotateOptions, CascadeRow, RecordResult, RunReport, Spending } from './types.ts';

/** @throws Error with one sentence when there is nothing that could disagree */
export function checkCascade({ samples = 1 }: Decoding): void {
  if (samples > 1) return;
  throw new Error(
    'A cascade goes by how far the samples of a record agree: ask the student for several at a temperature above 0, such as 8 at 0.7.',
  );
}

/** What the teacher is asked once the student has answered: the same, and for its likeliest answer alone. */
export function teacherOptions(
  { runName: _, ...asked }: AnnotateOptions,
  teacher: ModelCard,
  cascade: Cascade,
  runName?: string,
): AnnotateOptions {
  const { maxNewTokens, constrained } = asked.decoding;
  const decoding: Decoding = { maxNewTokens, temperature: 0, ...(constrained && { constrained }) };
  return { ...asked, model: teacher, decoding, cascade, ...(runName !== undefined && { runName }) };
}

/** Whether the student has voted on the record and is not sure enough of it. */
export function isSent(result: RecordResult, { below }: Pick<Cascade, 'below'>): boolean {
  return isVoted(result) && (result.vote?.agreement ?? 0) < below;
}

function isVoted({ run, samples }: RecordResult): boolean {
  return samples.length === (run.decoding.samples ?? 1);
}

/** The reports that a cascade's is made of. */
interface Sides {
  readonly student: RunReport;
  /** What the teacher answered of the records that were sent to it. */
  readonly teacher: RunReport;
  /** A run of the teacher on every record, asked the same; null when there is none. */
  readonly teacherAlone: RunReport | null;
}

type Results = RunReport['results'];

/** The numbers of both together, beside those of each alone. */
export function cascadeReport(run: RunCard, cascade: Cascade, sides: Sides): RunReport {
  const { student, teacher } = sides;
  const answers = new Map(teacher.results.map((one) => [one.source.record.id, one]));
  const voted = student.results.filter(({ result }) => isVoted(result));
  const sent = voted.filter(({ result }) => isSent(result, cascade));
  const answered = sent.filter(({ source }) => answers.has(source.record.id)).length;
  const results = voted.flatMap((one) =>
    isSent(one.result, cascade) ? (answers.get(one.source.record.id) ?? []) : [one],
  );
  const n = results.length;
  const failures = results.flatMap(({ result }) => result.prediction.error ?? []);
  const first = spentOn(student, n, n);
  const second = spentOn(teacher, answered, n);
  return {
    run,
    report: numbersOf(results),
    stale: student.stale,
    missing: student.missing + sent.length - answered,
    failed: failures.length,
    failure: failures[0] ?? null,
    promptTokens: first.promptTokens + second.promptTokens,
    tokens: first.tokens + second.tokens,
    cost: sum(first.cost, second.cost),
    passAt: null,
    calibration: null,
    recordsPerSecond: rateOf(student, teacher, answered / n),
    results,
    cascade: {
      student: student.run,
      below: cascade.below,
      sent: share(sent.length, voted.length),
      sentIds: sent.map(({ source }) => source.record.id),
      rows: [
        { who: 'student', accuracy: numbersOf(voted).accuracy, student: first, teacher: null },
        { who: 'cascade', accuracy: numbersOf(results).accuracy, student: first, teacher: second },
        teacherRow(sides, answered, n),
      ],
    },
  };
}

/** The teacher by itself: its numbers where it was asked everything, else what that is likely to take. */
function teacherRow({ teacher, teacherAlone }: Sides, answered: number, n: number): CascadeRow {
  if (teacherAlone && teacherAlone.results.length >= n) {
    const all = teacherAlone.results.length;
    const { accuracy } = teacherAlone.report;
    return { who: 'teacher', accuracy, student: null, teacher: spentOn(teacherAlone, all, all) };
  }
  const likely = answered === 0 ? null : spentOn(teacher, n, n);
  return { who: 'teacher', accuracy: null, student: null, teacher: likely };
}

/** What a run takes on `asked` of its records: tokens for each of `n`, and money for all. */
function spentOn({ promptTokens, tokens, cost, results }: RunReport, asked: number, n: number): Spending {
  const part = n === 0 ? 0 : asked / n;
  return {
    promptTokens: promptTokens * part,
    tokens: tokens * part,
    cost: cost === null ? null : (cost / results.length) * asked,
  };
}

/** Records per second when a part of them is asked about twice; null where a rate is not known. */
function rateOf({ recordsPerSecond: first }: RunReport, teacher: RunReport, part: number): number | null {
  const second = teacher.recordsPerSecond;
  if (first === null || (part > 0 && second === null)) return null;
  return 1 / (1 / first + (second === null ? 0 : part / second));
}

function numbersOf(results: Results): Report {
  return report(
    results.map(({ source, result }) => ({ record: source.record, judgement: result.judgement })),
  );
}

function sum(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}
