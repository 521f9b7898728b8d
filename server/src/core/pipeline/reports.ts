/** The numbers of stored runs, taken of the dataset as it stands now. */
import { vote } from '../judgements/vote.ts';
import { type JudgedRecord, report } from '../metrics/report.ts';
import type { DatasetDocument } from '../records/document.ts';
import type { Chunk, RecordSource } from '../records/types.ts';
import { sameConfiguration } from '../store/run-card.ts';
import type { StoredRuns } from '../store/stored-runs.ts';
import type { Cascade, RunCard, Store } from '../store/types.ts';
import { cascadeReport, isSent } from './cascade.ts';
import { takesVotes } from './judging.ts';
import type { Outlines } from './outlines.ts';
import type { RecordResults } from './results.ts';
import { SampleNumbers } from './samples.ts';
import { selectRecords } from './selection.ts';
import type { RunNumbers, RunReport, Surroundings } from './types.ts';

type Result = RunReport['results'][number];

export class Reports {
  private around: Surroundings;
  private readonly document: DatasetDocument;
  private readonly store: Store | null;
  private readonly runs: StoredRuns;
  private readonly results: RecordResults;
  private readonly outlines: Outlines;

  constructor(
    around: Surroundings,
    document: DatasetDocument,
    store: Store | null,
    { runs, results }: { runs: StoredRuns; results: RecordResults },
  ) {
    this.around = around;
    this.document = document;
    this.store = store;
    this.runs = runs;
    this.results = results;
    this.outlines = results.outlines;
  }

  surroundingsChanged(around: Surroundings): void {
    this.around = around;
  }

  of(run: RunCard): RunReport {
    const teacher = this.whole(run);
    const student = run.cascade && (this.store?.run(run.cascade.student) ?? null);
    if (!run.cascade) return teacher;
    if (!student) return { ...teacher, missing: 0 };
    const asked = this.runs.cards().find((card) => sameConfiguration(card, { ...run, cascade: null }));
    return cascadeReport(run, run.cascade, {
      student: this.whole(student),
      teacher,
      teacherAlone: asked ? this.whole(asked) : null,
    });
  }

  /** The same without the single results, which take more memory than all else. */
  numbers(run: RunCard): RunNumbers {
    return run.cascade ? this.of(run) : this.alone(run);
  }

  /** Whether the student of a cascade leaves the record to the teacher. */
  isSent(chunk: Chunk, cascade: Cascade): boolean {
    const student = this.runs.find(cascade.student);
    const source = chunk.source as RecordSource;
    if (!student) return false;
    const current = this.results.current(chunk, student, this.runs.answers(student.id, source.record.id));
    return current.length > 0 && isSent(this.outlines.resultOf(source, student, current), cascade);
  }

  private whole(run: RunCard): RunReport {
    const results: Result[] = [];
    return { ...this.alone(run, (one) => results.push(one)), results };
  }

  /** Of what the run's own model was asked. @param onResult told each record's result */
  private alone(run: RunCard, onResult?: (result: Result) => void): RunNumbers {
    const judged: JudgedRecord[] = [];
    const ofSamples = new SampleNumbers();
    const { samples = 1 } = run.decoding;
    let stale = 0;
    let missing = 0;
    for (const chunk of selectRecords(this.document, this.around, run)) {
      const source = chunk.source as RecordSource;
      const { record } = source;
      const said = this.store?.outcomes(run.id, record.id) ?? [];
      const answers = said.filter(({ query }) => query === undefined);
      const current = this.results.current(chunk, run, answers);
      if (answers.length > 0 && current.length === 0) stale++;
      else missing += samples - current.length;
      if (current.length === 0) continue;
      const outlines = current.map((prediction) => this.outlines.of(source, run, prediction));
      const voted = vote(outlines, (outline) => outline);
      judged.push({ record, judgement: voted.chosen });
      const isRight = voted.chosen.verdict === 'correct';
      ofSamples.add(record, outlines, takesVotes(run) ? voted.vote : null, isRight);
      for (const one of current) ofSamples.spend(one, true);
      for (const one of said) if (one.query !== undefined) ofSamples.spend(one, false);
      onResult?.({ source, result: this.outlines.resultOf(source, run, current) });
    }
    const recordsPerSecond = run.seconds > 0 ? run.generated / samples / run.seconds : null;
    const numbers = { report: report(judged), ...ofSamples.numbers() };
    return { run, ...numbers, stale, missing, recordsPerSecond, cascade: null };
  }
}
