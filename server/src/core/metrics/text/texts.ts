import type { Rationale, StageName } from '../../rationales/types.ts';
import type { DatasetRecord } from '../../records/types.ts';
import { strip } from './python-text.ts';

/** A rationale to be scored, or to score against: the whole of it, and the stages it is divided into. */
export interface StagedText {
  readonly whole: string;
  /** Empty for a text that has no stages, such as a record's solution. */
  readonly stages: Readonly<Partial<Record<StageName, string>>>;
}

/** What of a record a rationale is held against. */
export type RecordReference = 'lecture+solution' | 'solution';

/** The reference text of a record, without white space around it; empty where the record has none. */
export function recordReference(record: DatasetRecord, reference: RecordReference): StagedText {
  const { lecture, solution } = record;
  const whole = reference === 'solution' ? solution : `${lecture} ${solution}`;
  return { whole: strip(whole), stages: {} };
}

/** A student's or a teacher's output: its stages and all of them in one, or the output itself where it has none. */
export function stagedText(rationale: Rationale, output: string): StagedText {
  if (rationale.stages.length === 0) return { whole: strip(output), stages: {} };
  const stages = Object.fromEntries(Object.values(rationale.byName).map((stage) => [stage.name, stage.text]));
  return { whole: rationale.stages.map(({ text }) => text).join(' '), stages };
}
