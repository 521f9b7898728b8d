import type { Decoding, ModelCard } from '../models/types.ts';
import type { OutputFormat, Setting } from '../prompts/types.ts';
import type { Sample } from '../records/sample.ts';
import { runId } from './keys.ts';
import type { Cascade, RunCard, RunPurpose } from './types.ts';

/** Everything that makes a run what it is. */
export interface RunConfiguration {
  readonly dataset: string;
  readonly model: ModelCard;
  readonly promptName: string;
  readonly promptText: string;
  readonly setting: Setting;
  readonly format: OutputFormat;
  readonly decoding: Decoding;
  readonly split: string | null;
  /** Null: every record of the split. */
  readonly sample: Sample | null;
  /** Null: the records as they are written. */
  readonly variation: string | null;
  readonly purpose: RunPurpose;
  /** Null: its model is asked everything. */
  readonly cascade: Cascade | null;
}

/**
 * The card of a run that has not begun. Without a name of the user's own its id follows from the
 * configuration, so that asking for the same run again finds it.
 */
export function newRunCard(configuration: RunConfiguration, startedAt: string, name?: string): RunCard {
  const {
    dataset,
    model,
    promptName,
    promptText,
    setting,
    format,
    decoding,
    split,
    sample,
    variation,
    purpose,
    cascade,
  } = configuration;
  const identity = {
    dataset,
    model: model.id,
    revision: model.revision,
    promptName,
    promptText,
    setting,
    decoding,
    split,
    ...(sample && { sample: { n: sample.n, seed: sample.seed } }),
    ...(variation !== null && { variation }),
    ...(purpose !== 'run' && { purpose }),
    ...(cascade && { cascade: { student: cascade.student, below: cascade.below } }),
  };
  return {
    id: name ?? runId(identity),
    dataset,
    model: model.id,
    revision: model.revision,
    role: model.role,
    device: '',
    prompt: promptName,
    promptText,
    setting,
    format,
    decoding,
    split,
    sample,
    variation,
    purpose,
    cascade,
    startedAt,
    finishedAt: null,
    seconds: 0,
    generated: 0,
  };
}

/** Every part of it in one order, however it was written. */
function decodingKey(decoding: Decoding): unknown[] {
  const { maxNewTokens, temperature, topP = 1, seed = 0, samples = 1, constrained = false } = decoding;
  return [maxNewTokens, temperature, topP, seed, samples, constrained];
}

/** Whether two cards describe the same run: predictions of one then belong in the other. */
export function sameConfiguration(a: RunCard, b: RunCard): boolean {
  const identity = ({
    dataset,
    model,
    revision,
    promptText,
    setting,
    decoding,
    split,
    sample,
    variation,
    purpose,
    cascade,
  }: RunCard) =>
    JSON.stringify([
      dataset,
      model,
      revision,
      promptText,
      setting,
      decodingKey(decoding),
      split,
      sample?.n,
      sample?.seed,
      variation,
      purpose,
      cascade?.student,
      cascade?.below,
    ]);
  return identity(a) === identity(b);
}
