/**
 * Working out what a run has left to do. A plan holds which answers those are and nothing of what is asked: prompts are
 * composed when the model takes them, so that a run on a whole dataset needs no more memory than one on a part of it.
 */
import { failedPrediction } from '../models/failed.ts';
import type { Chunk, RecordSource } from '../records/types.ts';
import { newRunCard, sameConfiguration } from '../store/run-card.ts';
import type { RunCard, Store, StoredPrediction } from '../store/types.ts';
import { refuseUnheld } from './constraints.ts';
import { type Prompts, type Question, usablePrompt } from './prompts.ts';
import type { AnnotateJob, AnnotateOptions, JobRequest, Place, Surroundings } from './types.ts';

/** What is to be done for one answer of a run. */
export interface Step {
  /** Known without the model: the answer from another run, why there is none, or what earlier queries were told. */
  readonly settled: readonly StoredPrediction[];
  /** What the model has to be asked; null: nothing. */
  readonly question: Asking | null;
}

type Asking = Exclude<Question, { readonly refusal: string }>;

/** A request that failed has its sentence under its key. */
export type Failures = ReadonlyMap<string, string>;

/** The card of the run that the options describe. @throws Error with one sentence when its prompt cannot be used */
export function runCardOf(
  { path }: Pick<Surroundings, 'path'>,
  options: AnnotateOptions,
  startedAt: string,
): RunCard {
  const { model, prompt, decoding, split } = options;
  const file = usablePrompt(prompt);
  if (decoding.constrained) refuseUnheld(model, file);
  const { sample = null, variation = null, purpose = 'run', cascade = null } = options;
  const asked = { promptName: prompt.name, promptText: prompt.text, format: file.format };
  const setting = options.setting ?? file.setting;
  return newRunCard(
    { dataset: path, model, ...asked, setting, decoding, split, sample, variation, purpose, cascade },
    startedAt,
    options.runName,
  );
}

export class Planner {
  private readonly prompts: Prompts;
  private readonly store: Store | null;

  constructor(prompts: Prompts, store: Store | null) {
    this.prompts = prompts;
    this.store = store;
  }

  /**
   * @param failures what is not asked again
   * @throws Error with one sentence when another run bears the name, or a prompt cannot be composed
   */
  plan(
    run: RunCard,
    selected: readonly Chunk[],
    options: AnnotateOptions,
    failures: Failures = new Map(),
  ): AnnotateJob {
    this.refuseOtherConfiguration(run);
    const { samples = 1 } = options.decoding;
    const settled: Place[] = [];
    const open: Place[] = [];
    let [stored, refused] = [0, 0];
    let query: string | null = null;
    for (const { place, step } of this.steps(run, placesOf(selected, samples))) {
      if (!step) stored++;
      else if (!step.question) {
        settled.push(place);
        if (step.settled.some(({ error }) => error !== undefined)) refused++;
      } else if (!failures.has(step.question.key)) {
        open.push(place);
        query ??= step.question.query;
      }
    }
    return { run, total: selected.length * samples, stored, settled, refused, open, query, options };
  }

  /** What is to be done for each of these; null where the answer is stored already. */
  *steps(
    run: RunCard,
    places: Iterable<Place>,
  ): Iterable<{ readonly place: Place; readonly step: Step | null }> {
    let chunk: Chunk | null = null;
    let said: readonly StoredPrediction[] = [];
    for (const place of places) {
      if (place.chunk !== chunk) said = this.store?.said(run.id, recordIdOf(place)) ?? [];
      chunk = place.chunk;
      yield { place, step: this.step(run, place, said) };
    }
  }

  /** @param said what the run has of the record */
  private step(run: RunCard, place: Place, said: readonly StoredPrediction[]): Step | null {
    const { chunk, sample } = place;
    const here = { runId: run.id, recordId: recordIdOf(place), sample };
    const question = this.prompts.ask(chunk, run, sample);
    const { key } = question;
    if ('refusal' in question) {
      return { settled: [{ ...failedPrediction(key, question.refusal), ...here }], question: null };
    }
    const before = said.find((one) => one.query === undefined && one.sample === sample);
    if (before?.key === key && !before.error) return null;
    const earlier = question.earlier
      .filter((one) => !said.some(({ query, key: known }) => query !== undefined && known === one.key))
      .map((one) => ({ ...one, ...here }));
    const elsewhere = question.query === null ? this.store?.byKey(key) : null;
    if (elsewhere) return { settled: [...earlier, { ...elsewhere, ...here }], question: null };
    return { settled: earlier, question };
  }

  /** A name the user gave may be taken by a run that was made otherwise; mixing the two would falsify both. */
  private refuseOtherConfiguration(run: RunCard): void {
    const stored = this.store?.run(run.id);
    if (!stored || sameConfiguration(stored, run)) return;
    throw new Error(
      `There is a run "${run.id}" already, of ${stored.model} with ${stored.prompt} on ${stored.dataset}, made otherwise: choose another name.`,
    );
  }
}

/** What the model is asked for an answer. */
export function requestOf(
  place: Place,
  { key, messages, query, constraint }: Asking,
  options: AnnotateOptions,
): JobRequest {
  const { sample } = place;
  const { choices } = (place.chunk.source as RecordSource).record;
  return {
    recordId: recordIdOf(place),
    ...{ key, messages, sample },
    ...(query !== null && { query }),
    ...(constraint && { constraint }),
    ...(options.model.scoresChoices && { choices }),
  };
}

export function recordIdOf({ chunk }: Place): string {
  return (chunk.source as RecordSource).record.id;
}

function* placesOf(selected: readonly Chunk[], samples: number): Iterable<Place> {
  for (const chunk of selected) for (let sample = 0; sample < samples; sample++) yield { chunk, sample };
}
