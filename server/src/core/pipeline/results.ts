/** What stored runs say of a record as it stands. */
import type { Finding } from '../annotations/types.ts';
import { Recent } from '../recent.ts';
import type { DatasetDocument } from '../records/document.ts';
import type { Chunk, RecordSource } from '../records/types.ts';
import type { StoredRuns } from '../store/stored-runs.ts';
import type { RunCard, StoredPrediction } from '../store/types.ts';
import type { Judging } from './judging.ts';
import { Outlines } from './outlines.ts';
import type { Prompts } from './prompts.ts';
import type { RecordResult } from './types.ts';

/** Records of which results are at hand: what is on the screen and more, never a whole dataset. */
const MOST_AT_HAND = 512;

const ROLE_ORDER = { teacher: 0, student: 1, base: 2, other: 3 } as const;

interface AtHand {
  readonly stamp: number;
  readonly results: readonly RecordResult[];
}

export class RecordResults {
  private readonly document: DatasetDocument;
  private readonly runs: StoredRuns;
  private readonly prompts: Prompts;
  private readonly judging: Judging;
  /** Of all that was ever judged. */
  readonly outlines: Outlines;
  private readonly atHand = new Recent<Chunk, AtHand>(MOST_AT_HAND);
  private stamp = 0;

  constructor(document: DatasetDocument, runs: StoredRuns, prompts: Prompts, judging: Judging) {
    this.document = document;
    this.runs = runs;
    this.prompts = prompts;
    this.judging = judging;
    this.outlines = new Outlines(judging);
  }

  /** The store has changed: what is at hand is looked at again. */
  outdate(): void {
    this.stamp++;
  }

  /** What is made of outputs has changed. */
  forget(): void {
    this.atHand.clear();
  }

  /** What each model's newest run says of the record; teacher first. Stale results are not shown. */
  of(chunk: Chunk): readonly RecordResult[] {
    const known = this.atHand.get(chunk);
    if (known?.stamp === this.stamp) return known.results;
    const results = this.judge(chunk, known?.results);
    this.atHand.set(chunk, { stamp: this.stamp, results });
    return results;
  }

  /** What the rules say of these. Nothing is kept: every record of a file is asked for this, and few for more. */
  findings(chunk: Chunk): readonly Finding[] {
    const known = this.atHand.get(chunk);
    const results = known ? this.of(chunk) : this.judge(chunk);
    return results.flatMap((result) => result.findings);
  }

  /** What a run has for a record; null when it has nothing. */
  answer(run: RunCard, recordId: string): { source: RecordSource; result: RecordResult } | null {
    const chunk = this.document.chunks[this.document.find(recordId) ?? -1];
    if (!chunk?.source) return null;
    const current = this.current(chunk, run, this.runs.answers(run.id, recordId));
    return current.length === 0
      ? null
      : { source: chunk.source, result: this.judging.resultOf(chunk.source, run, current) };
  }

  /** Of a record's samples, those that were made of the record as it stands. */
  current(chunk: Chunk, run: RunCard, predictions: readonly StoredPrediction[]): readonly StoredPrediction[] {
    return predictions.filter(({ key, sample }) => this.prompts.keyFor(chunk, run, sample) === key);
  }

  /** @param before what was said of it when last looked at: an answer that has not changed keeps what was made of it */
  private judge(chunk: Chunk, before: readonly RecordResult[] = []): readonly RecordResult[] {
    const { source } = chunk;
    if (!source) return [];
    const byModel = new Map<string, RecordResult>();
    for (const run of this.runs.cards()) {
      if (run.purpose !== 'run' || byModel.has(run.model)) continue;
      const current = this.current(chunk, run, this.runs.answers(run.id, source.record.id));
      if (current.length === 0) continue;
      const known = before.filter((result) => result.run.id === run.id).flatMap(({ samples }) => samples);
      const earlier = known.map(({ prediction }) => prediction as StoredPrediction);
      const said = current.map((one) => earlier.find((other) => isSame(one, other)) ?? one);
      const result = this.judging.resultOf(source, run, said, known);
      for (const sample of result.samples) this.outlines.keep(source, run, sample);
      byModel.set(run.model, result);
    }
    const alone = [...byModel.values()].sort((a, b) => ROLE_ORDER[a.run.role] - ROLE_ORDER[b.run.role]);
    return alone.length < 2 ? alone : this.judging.together(source, alone);
  }
}

function isSame(a: StoredPrediction, b: StoredPrediction): boolean {
  return a.sample === b.sample && a.key === b.key && a.output === b.output && a.error === b.error;
}
