/** Asking a model about a dataset's records, as several commands do. */
import { maxNewTokensOf } from '../core/pipeline/prompty.ts';
import type { AnnotateJob, NamedPrompt, Pipeline } from '../core/pipeline.ts';
import type { Setting } from '../core/prompts/types.ts';
import type { RunCard } from '../core/store/types.ts';
import { findPromptFile } from '../files/prompt-files.ts';
import { shippedPrompts } from '../files/shipped.ts';
import { CLOCK } from '../storage/clock.ts';
import { type OfferedModel, openModel } from './models.ts';
import { ProgressLine } from './progress.ts';

/** The prompt that the options name, else that of the setting, and how long an answer may be. */
export function askedPrompt(
  {
    prompt,
    setting = 1,
    maxNewTokens,
  }: { readonly prompt?: string; readonly setting?: Setting; readonly maxNewTokens?: number },
  { surroundings }: Pipeline,
): { readonly prompt: NamedPrompt; readonly maxNewTokens: number } {
  const found = findPromptFile(prompt ?? `setting-${setting}`, surroundings.path, shippedPrompts);
  return { prompt: found, maxNewTokens: maxNewTokens ?? maxNewTokensOf(found) };
}

/** Has the model answer what is not stored yet, with a progress line. @returns the run's card as it then is */
export async function answerRecords(
  pipeline: Pipeline,
  job: AnnotateJob,
  { provider, card }: OfferedModel,
  signal: AbortSignal,
): Promise<RunCard> {
  const line = new ProgressLine(card.id, job.run.decoding.samples === undefined ? 'records' : 'samples');
  for await (const step of pipeline.annotate(job, () => openModel(provider, card), signal, CLOCK)) {
    const { query } = step;
    if (query) line.show(query.done, query.total, query.done, query.name);
    else line.show(step.done, step.total, step.generated);
  }
  line.end();
  return pipeline.storedRun(job.run.id) ?? job.run;
}
