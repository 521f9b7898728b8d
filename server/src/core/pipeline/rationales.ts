/** Rationales for a dataset, generated and verified. */
import { createHash } from 'node:crypto';
import type { Verdict } from '../judgements/types.ts';
import type { Decoding, Model, ModelCard, Prediction } from '../models/types.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Setting } from '../prompts/types.ts';
import type { Sample } from '../records/sample.ts';
import type { RecordSource } from '../records/types.ts';
import type { RunCard } from '../store/types.ts';
import { usablePrompt } from './prompts.ts';
import type { AnnotateProgress, Clock, JudgedOutput, NamedPrompt, RecordResult } from './types.ts';

export interface RationaleOptions {
  readonly model: ModelCard;
  readonly prompt: NamedPrompt;
  /** The prompt that shows the gold answer, for records of which no sample passes; null: these get none. */
  readonly rationalise: NamedPrompt | null;
  readonly setting?: Setting;
  readonly decoding: Decoding;
  readonly split: string | null;
  readonly limit?: number;
  readonly sample?: Sample;
  /** A run of the student: only the records that it has wrong. Absent: every record. */
  readonly failuresOf?: RunCard;
  /** Absent: `first`. */
  readonly keep?: Keep;
}

/** Which of the samples that pass is kept: the first, or the one whose length fits how hard the record is. */
export type Keep = 'first' | 'by-difficulty';

/** What a rationale had to pass before it was kept. */
export type Check = 'gold-conclusion' | 'agreeing-reasoning' | 'complete';

/** How a rationale came about: it stands beside the text wherever that is written. */
export interface Provenance {
  readonly model: string;
  readonly revision: string;
  readonly prompt: string;
  readonly decoding: Decoding;
  /** Which of the record's samples it is, counted from 0. */
  readonly sample: number;
  /** The teacher was shown the gold answer, or what gives it away: that it is reached proves nothing. */
  readonly goldShown: boolean;
  /** No sample passed without it, so it was made from the gold answer. */
  readonly rationalised: boolean;
  /** Day on which its run began. */
  readonly date: string;
  readonly checks: readonly Check[];
  /** How it was chosen from the samples that passed; absent: it was the first. */
  readonly kept?: 'by-difficulty';
  /** The run of the student that had the record wrong, where that is why it was asked for. */
  readonly failureOf?: string;
  /** Of the samples that were taken before the gold answer was shown, how many passed. */
  readonly passed: number;
  readonly of: number;
  /** Tells whether a person has changed the text since. */
  readonly digest: string;
}

/** The field of a record, and a line of a side file. */
export interface Rationale extends Provenance {
  readonly text: string;
}

/** What became of one record. */
export interface RecordRationale {
  readonly recordId: string;
  /** Null: no sample passed every check. */
  readonly rationale: Rationale | null;
  readonly passed: number;
  readonly of: number;
}

export interface RationaleProgress extends AnnotateProgress {
  /** `rationalise`: the records of which no sample passed are asked again, with the gold answer. */
  readonly step: 'generate' | 'rationalise';
}

/** Rules whose findings make a rationale unfit to learn from, besides a wrong or contradictory one. */
const UNFIT = new Set([
  'no-output',
  'missing-stage',
  'stage-out-of-order',
  'unclosed-stage',
  'duplicate-stage',
  'empty-stage',
  'truncated-output',
  'repetition',
  'run-on',
  'language-drift',
  'refusal',
  'answer-only',
]);

/**
 * Generates rationales, keeping every sample in the store: after a crash or a cancel, asking again goes on.
 * `found` is there when the last progress has been told.
 * @throws Error whose message is one sentence
 */
export class RationaleWork {
  private readonly pipeline: Pipeline;
  private readonly options: RationaleOptions;
  private readonly clock: Clock;
  found: readonly RecordRationale[] = [];

  constructor(pipeline: Pipeline, options: RationaleOptions, clock: Clock) {
    this.pipeline = pipeline;
    this.options = options;
    this.clock = clock;
    const { rationalise } = options;
    if (rationalise && !showsGold(rationalise)) {
      throw new Error(
        `The prompt ${rationalise.name} does not show the gold answer, from which it is to explain.`,
      );
    }
  }

  async *run(open: () => Promise<Model>, signal: AbortSignal): AsyncIterable<RationaleProgress> {
    const { prompt, rationalise, setting, limit, split, sample, failuresOf } = this.options;
    const all = this.pipeline.selectedIds({ split, sample: sample ?? null });
    const wrong = failuresOf && new Set(failedRecords(this.pipeline, failuresOf));
    const selected = all.filter((id) => wrong?.has(id) ?? true).slice(0, limit);
    if (selected.length === 0) throw new Error(nothingFailed(failuresOf as RunCard, split));
    const first = yield* this.ask('generate', { prompt, setting, records: selected }, open, signal);
    this.found = selected.map((id) => this.keep(id, first, false));
    const without = this.found
      .filter(({ rationale, of }) => !rationale && of > 0)
      .map(({ recordId }) => recordId);
    const hasGold = without.filter((id) => isGraded(this.sourceOf(id)));
    if (!rationalise || hasGold.length === 0 || signal.aborted) return;
    const second = yield* this.ask('rationalise', { prompt: rationalise, records: hasGold }, open, signal);
    const before = new Map(this.found.map((one) => [one.recordId, one]));
    this.found = selected.map((id) => {
      const own = before.get(id) as RecordRationale;
      return hasGold.includes(id) ? this.keep(id, second, true, own) : own;
    });
  }

  private async *ask(
    step: RationaleProgress['step'],
    asked: { prompt: NamedPrompt; setting?: Setting; records: readonly string[] },
    open: () => Promise<Model>,
    signal: AbortSignal,
  ): AsyncGenerator<RationaleProgress, Answers> {
    const { model, decoding, split, sample } = this.options;
    const job = this.pipeline.plan(
      { model, decoding, split, sample, purpose: 'rationales', ...asked },
      this.clock.date(),
    );
    for await (const progress of this.pipeline.annotate(job, open, signal, this.clock))
      yield { ...progress, step };
    const run = this.pipeline.storedRun(job.run.id) ?? job.run;
    const results = this.pipeline.report(run).results;
    return {
      run,
      goldShown: showsGold(asked.prompt, asked.setting),
      byRecord: new Map(results.map(({ source, result }) => [source.record.id, result])),
    };
  }

  /** A sample of a record that passes. */
  private keep(
    recordId: string,
    answers: Answers,
    rationalised: boolean,
    own?: RecordRationale,
  ): RecordRationale {
    const { run, byRecord, goldShown } = answers;
    const { keep, failuresOf } = this.options;
    const samples = byRecord.get(recordId)?.samples ?? [];
    const passing = samples.filter((one) => checksOf(one, run.format).length === ALL_CHECKS);
    const { passed, of } = own ?? { passed: passing.length, of: samples.length };
    const isByLength = keep === 'by-difficulty';
    const chosen = isByLength ? byDifficulty(passing, of === 0 ? 0 : passed / of) : passing[0];
    if (!chosen) return { recordId, rationale: null, passed, of };
    const text = chosen.prediction.output.trim();
    const rationale: Rationale = {
      text,
      model: run.model,
      revision: run.revision.slice(0, 12),
      prompt: run.prompt,
      decoding: run.decoding,
      sample: samples.indexOf(chosen),
      goldShown,
      rationalised,
      date: run.startedAt.slice(0, 10),
      checks: checksOf(chosen, run.format),
      ...(isByLength && { kept: keep }),
      ...(failuresOf && { failureOf: failuresOf.id }),
      passed,
      of,
      digest: digestOf(text),
    };
    return { recordId, rationale, passed, of };
  }

  private sourceOf(id: string): RecordSource {
    const { document } = this.pipeline;
    return document.chunks[document.find(id) as number]?.source as RecordSource;
  }
}

interface Answers {
  readonly run: RunCard;
  readonly goldShown: boolean;
  readonly byRecord: ReadonlyMap<string, RecordResult>;
}

/**
 * Difficulty-graded length: of the m samples that pass, ordered by their tokens, the one at (1 − p)(m − 1), p being the
 * share of the record's samples that pass. Where all pass, the record is easy and the shortest is kept; the fewer
 * pass, the longer the one that is kept. That rationales should be short where a record is easy is the idea of
 * difficulty-aware prompting (DAP, of the LiteCoT data), where a teacher grades the difficulty and rewrites; this
 * definition is ours, and changes no text.
 */
export function byDifficulty<Sample extends { readonly prediction: Pick<Prediction, 'usage'> }>(
  passing: readonly Sample[],
  p: number,
): Sample | undefined {
  const byLength = passing.toSorted(
    (a, b) => a.prediction.usage.outputTokens - b.prediction.usage.outputTokens,
  );
  return byLength[Math.round((1 - p) * (byLength.length - 1))];
}

/** The records that a run has wrong as they stand: a wrong choice, or none that could be read. */
function failedRecords(pipeline: Pipeline, run: RunCard): string[] {
  const { dataset } = run;
  const { path } = pipeline.surroundings;
  if (dataset !== path) throw new Error(`The run ${run.id} is of ${dataset}, not of ${path}.`);
  return pipeline
    .report(run)
    .results.filter(({ source, result }) => isGraded(source) && FAILURES.includes(result.judgement.verdict))
    .map(({ source }) => source.record.id);
}

/** A request that failed says nothing of the student; nor does an answer where there is no gold answer. */
const FAILURES: readonly Verdict[] = ['wrong', 'unmapped', 'no-output'];

function nothingFailed({ id }: RunCard, split: string | null): string {
  const where = split === null ? '' : ` of the split "${split}"`;
  return `The run ${id} has no record${where} wrong as the dataset stands: there is nothing to make rationales for.`;
}

const ALL_CHECKS = 3;

function checksOf({ judgement, findings, prediction }: JudgedOutput, format: RunCard['format']): Check[] {
  const reasons = format !== 'stages' || judgement.rationale.byName.reasoning !== undefined;
  const isComplete =
    reasons && prediction.finishReason !== 'length' && !findings.some(({ rule }) => UNFIT.has(rule));
  const checks: readonly (readonly [Check, boolean])[] = [
    ['gold-conclusion', judgement.verdict === 'correct'],
    ['agreeing-reasoning', judgement.contradiction !== true],
    ['complete', isComplete],
  ];
  return checks.flatMap(([check, passed]) => (passed ? [check] : []));
}

/** Whether a prompt shows the gold answer or, with the solution, what gives it away. */
function showsGold(prompt: NamedPrompt, setting?: Setting): boolean {
  const file = usablePrompt(prompt);
  return file.gold || (setting ?? file.setting) >= 3;
}

function isGraded({ record: { answer, choices } }: RecordSource): boolean {
  return answer !== null && answer >= 0 && answer < choices.length;
}

/** What a text is known by. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
