import { createHash } from 'node:crypto';
import type { Grammar } from '../grammars/types.ts';
import type { Decoding, Prediction } from '../models/types.ts';
import type { Message } from '../prompts/types.ts';
import type { Sample } from '../records/sample.ts';
import type { Cascade } from './types.ts';

/** SHA-256 of a JSON value, as 32 hex digits (128 bits: no collision in any dataset's lifetime). */
function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

/** The content address of a text. */
export function textDigest(text: string): string {
  return digest(text);
}

/**
 * The content address of what a model is shown. Image parts enter by the content of their file, so a moved
 * dataset keeps its results and a redrawn image loses them.
 *
 * @param digestOf of an image by its path; null for one that cannot be read
 */
export function promptDigest(
  messages: readonly Message[],
  digestOf: (path: string) => string | null,
): string {
  const seen = messages.map((message) => [
    message.role,
    message.content.map((part) =>
      part.type === 'text' ? ['text', part.text] : ['image', digestOf(part.path)],
    ),
  ]);
  return digest(seen);
}

/**
 * The key of a stored prediction: same prompt, same weights, same decoding, same sample, hence the same output. How
 * many samples a run takes is no part of it: a run that takes more finds those that are there.
 *
 * @param constraint what the output is held to; null: nothing
 */
export function predictionKey(
  prompt: string,
  revision: string,
  decoding: Decoding,
  sample = 0,
  constraint: Grammar | null = null,
): string {
  const { maxNewTokens, temperature, topP = 1, seed = 0 } = decoding;
  const drawn = temperature > 0 ? [topP, seed, sample] : [];
  return digest([prompt, revision, maxNewTokens, temperature, ...drawn, ...(constraint ? [constraint] : [])]);
}

/** The key of the scores that test an output: the same output to the same prompt of the same model has the same. */
export function faithfulnessKey({ key, output }: Prediction): string {
  return digest(['faithfulness', key, output]);
}

/** Everything that tells one run from another on the same dataset. */
export interface RunIdentity {
  readonly dataset: string;
  readonly model: string;
  readonly revision: string;
  readonly promptName: string;
  readonly promptText: string;
  readonly setting: number;
  readonly decoding: Decoding;
  readonly split: string | null;
  /** Absent: every record. */
  readonly sample?: Sample;
  /** Absent: the records as they are written. */
  readonly variation?: string;
  /** Absent: a run that a person asked for by itself. */
  readonly purpose?: 'trial' | 'matrix' | 'rationales';
  /** Absent: its model is asked everything. */
  readonly cascade?: Cascade;
}

/** A readable run id that is the same for the same configuration, so that asking again resumes. */
export function runId(identity: RunIdentity): string {
  const { model, promptName, setting, split, sample } = identity;
  const words = [
    baseName(model),
    promptName === `setting-${setting}` ? promptName : `${promptName}-s${setting}`,
  ];
  const records = sample ? `${split ?? 'all'}-n${sample.n}` : (split ?? 'all');
  if (identity.purpose) words.unshift(identity.purpose);
  if (identity.cascade) words.unshift('cascade');
  return `${words.join('-')}-${records}-${digest(identity).slice(0, 6)}`;
}

function baseName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}
