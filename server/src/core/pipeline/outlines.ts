/** Results of whole runs, of which little is kept: numbers are taken of every record, and the rest is asked of few. */
import type { Candidate, Counted, Judgement, Reading, Verdict } from '../judgements/types.ts';
import { vote } from '../judgements/vote.ts';
import type { Prediction } from '../models/types.ts';
import type { RecordSource } from '../records/types.ts';
import type { RunCard, StoredPrediction } from '../store/types.ts';
import { type Judging, takesVotes } from './judging.ts';
import type { JudgedOutput, RecordResult } from './types.ts';

/** What is kept of an output once it is judged, as long as its record is what it is. */
interface Outline extends Counted {
  readonly key: string;
  readonly error: string | undefined;
}

/** Of one run: each sample's, by record. */
interface RunOutlines {
  readonly startedAt: string;
  readonly bySample: WeakMap<RecordSource, Outline>[];
}

/** Judges the outputs of a run once, and keeps what its numbers are taken of. */
export class Outlines {
  private readonly judging: Judging;
  private readonly ofRuns = new Map<string, RunOutlines>();
  /** Few things are said of many outputs. */
  private readonly readings = new Map<string, Counted['reading']>();
  private readonly asserted = new Map<number, Counted['asserted']>();

  constructor(judging: Judging) {
    this.judging = judging;
  }

  /** The judgement of an output, as far as numbers need it. */
  of(source: RecordSource, run: RunCard, prediction: StoredPrediction): Counted {
    const known = this.ofSample(run, prediction.sample).get(source);
    if (known?.key === prediction.key && known.error === prediction.error) return known;
    return this.outline(source, run, prediction, this.judging.runJudgementOf(source, run, prediction));
  }

  /** Takes over what was judged anyway. */
  keep(source: RecordSource, run: RunCard, { prediction, judgement }: JudgedOutput): void {
    this.outline(source, run, prediction as StoredPrediction, judgement);
  }

  /** What the samples of a record say together: verdicts at once; whoever asks for more has it judged again. */
  resultOf(source: RecordSource, run: RunCard, predictions: readonly StoredPrediction[]): RecordResult {
    const samples = predictions.map((prediction) => {
      const judge = () => this.judging.outputOf(source, run, prediction);
      return new OutlinedOutput(prediction, this.of(source, run, prediction), source, judge);
    });
    const voted = vote(samples, ({ judgement }) => judgement);
    return new OutlinedResult(run, voted.chosen, samples, takesVotes(run) ? voted.vote : null);
  }

  private outline(
    source: RecordSource,
    run: RunCard,
    { key, error, sample }: StoredPrediction,
    judgement: Judgement,
  ): Outline {
    const { verdict, contradiction } = judgement;
    const { reading, asserted } = this.shared(judgement);
    const outline = { key, error, verdict, contradiction, reading, asserted };
    this.ofSample(run, sample).set(source, outline);
    return outline;
  }

  private shared({ reading, asserted }: Judgement): Pick<Counted, 'reading' | 'asserted'> {
    const { choice, reader } = reading;
    const name = `${choice} ${reader}`;
    const known = this.readings.get(name) ?? { choice, reader };
    this.readings.set(name, known);
    if (!asserted) return { reading: known, asserted };
    const said = this.asserted.get(asserted.choice) ?? { choice: asserted.choice };
    this.asserted.set(asserted.choice, said);
    return { reading: known, asserted: said };
  }

  /** A run that was deleted and made anew has nothing in common with the one before. */
  private ofSample({ id, startedAt }: RunCard, sample: number): WeakMap<RecordSource, Outline> {
    let known = this.ofRuns.get(id);
    if (known?.startedAt !== startedAt) {
      known = { startedAt, bySample: [] };
      this.ofRuns.set(id, known);
    }
    known.bySample[sample] ??= new WeakMap();
    return known.bySample[sample];
  }
}

class OutlinedOutput implements JudgedOutput {
  readonly prediction: Prediction;
  readonly judgement: Judgement;
  private readonly judge: () => JudgedOutput;
  private judged: JudgedOutput | null = null;

  constructor(prediction: Prediction, outline: Counted, source: RecordSource, judge: () => JudgedOutput) {
    this.prediction = prediction;
    this.judgement = new OutlinedJudgement(outline, source.record.id, () => this.whole.judgement);
    this.judge = judge;
  }

  get findings(): JudgedOutput['findings'] {
    return this.whole.findings;
  }

  private get whole(): JudgedOutput {
    this.judged ??= this.judge();
    return this.judged;
  }
}

class OutlinedResult implements RecordResult {
  readonly run: RunCard;
  readonly samples: readonly JudgedOutput[];
  readonly vote: RecordResult['vote'];
  private readonly chosen: JudgedOutput;

  constructor(
    run: RunCard,
    chosen: JudgedOutput,
    samples: readonly JudgedOutput[],
    voted: RecordResult['vote'],
  ) {
    this.run = run;
    this.chosen = chosen;
    this.samples = samples;
    this.vote = voted;
  }

  get prediction(): Prediction {
    return this.chosen.prediction;
  }

  get judgement(): Judgement {
    return this.chosen.judgement;
  }

  get findings(): JudgedOutput['findings'] {
    return this.chosen.findings;
  }
}

class OutlinedJudgement implements Judgement {
  readonly recordId: string;
  private readonly outline: Counted;
  private readonly whole: () => Judgement;

  constructor(outline: Counted, recordId: string, whole: () => Judgement) {
    this.outline = outline;
    this.recordId = recordId;
    this.whole = whole;
  }

  get verdict(): Verdict {
    return this.outline.verdict;
  }

  get contradiction(): boolean | null {
    return this.outline.contradiction;
  }

  get reading(): Reading {
    return new OutlinedReading(this.outline.reading, () => this.whole().reading);
  }

  get asserted(): Candidate | null {
    const { asserted } = this.outline;
    return asserted && new OutlinedCandidate(asserted.choice, () => this.whole().asserted as Candidate);
  }

  get rationale(): Judgement['rationale'] {
    return this.whole().rationale;
  }
}

class OutlinedReading implements Reading {
  readonly choice: number | null;
  readonly reader: string;
  private readonly whole: () => Reading;

  constructor({ choice, reader }: Counted['reading'], whole: () => Reading) {
    this.choice = choice;
    this.reader = reader;
    this.whole = whole;
  }

  get method(): Reading['method'] {
    return this.whole().method;
  }

  get span(): Reading['span'] {
    return this.whole().span;
  }

  get confidence(): number {
    return this.whole().confidence;
  }

  get candidates(): readonly Candidate[] {
    return this.whole().candidates;
  }

  get indexBase(): Reading['indexBase'] {
    return this.whole().indexBase;
  }
}

class OutlinedCandidate implements Candidate {
  readonly choice: number;
  private readonly whole: () => Candidate;

  constructor(choice: number, whole: () => Candidate) {
    this.choice = choice;
    this.whole = whole;
  }

  get method(): Candidate['method'] {
    return this.whole().method;
  }

  get span(): Candidate['span'] {
    return this.whole().span;
  }
}
