/** Rationales that models have written before their answers, cut and swapped. */
import { type AnswerPlace, answerPlace } from '../judgements/answer-place.ts';
import { punktSentences } from '../metrics/text/punkt.ts';
import type { Prediction } from '../models/types.ts';
import type { RecordSource } from '../records/types.ts';
import type { RunCard } from '../store/types.ts';
import type { RecordResult } from './types.ts';

/** An output that has a rationale before its answer. */
export interface Written {
  readonly source: RecordSource;
  readonly prediction: Prediction;
  readonly choice: number;
  readonly place: AnswerPlace;
}

/** Null when it has none, or names no choice. */
export function writtenBy(
  source: RecordSource,
  { format }: RunCard,
  { prediction, judgement }: RecordResult,
) {
  const { rationale, reading } = judgement;
  const place = reading.choice === null ? null : answerPlace(prediction.output, rationale, format);
  return place && { source, prediction, choice: reading.choice as number, place };
}

/** All that stands before the answer, its label included. */
export function rationaleOf({ prediction, place }: Written): string {
  return prediction.output.slice(0, place.label.end);
}

/** The rationale with the first 0, 1, 2, … sentences of its reasoning. */
export function stepsOf({ prediction: { output }, place: { reasoning, label } }: Written): string[] {
  const behind = output.slice(reasoning.end, label.end);
  const ends = sentenceEnds(output.slice(reasoning.start, reasoning.end));
  return ends.map((end) => output.slice(0, reasoning.start + end) + behind);
}

/** 0, and where each sentence ends; the last at the end. */
function sentenceEnds(text: string): number[] {
  const ends = [0];
  for (const sentence of punktSentences(text)) {
    const from = ends.at(-1) as number;
    ends.push(text.indexOf(sentence, from) + sentence.length);
  }
  return [...ends.slice(0, -1), text.length];
}

/**
 * The rationale to put in place of a record's own: the next one, in the order of the dataset and then from its
 * beginning, by which the model named another of the record's letters; one of its own topic where there is any.
 */
export class OtherRationales {
  private readonly written: readonly (Written | null)[];
  /** By topic, then by choice: places, ascending. Of all topics together under null. */
  private readonly places = new Map<string | null, number[][]>([[null, []]]);

  constructor(written: readonly (Written | null)[]) {
    this.written = written;
    for (const [place, one] of written.entries()) {
      if (!one) continue;
      for (const topic of [one.source.record.topic, null]) {
        const byChoice = this.places.get(topic) ?? [];
        this.places.set(topic, byChoice);
        byChoice[one.choice] ??= [];
        byChoice[one.choice]?.push(place);
      }
    }
  }

  of(own: Written, place: number): Written | null {
    const { topic } = own.source.record;
    const found = (topic === '' ? null : this.next(topic, own, place)) ?? this.next(null, own, place);
    return found === null ? null : (this.written[found] as Written);
  }

  private next(topic: string | null, own: Written, place: number): number | null {
    const { length } = this.written;
    let nearest: number | null = null;
    const distance = (other: number) => (other - place + length) % length;
    for (const choice of own.source.record.choices.keys()) {
      const places = this.places.get(topic)?.[choice];
      if (!places || choice === own.choice) continue;
      const behind = places[firstAbove(places, place)] ?? (places[0] as number);
      if (nearest === null || distance(behind) < distance(nearest)) nearest = behind;
    }
    return nearest;
  }
}

/** Index of the first of ascending numbers that is greater. */
function firstAbove(numbers: readonly number[], than: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) > than) high = middle;
    else low = middle + 1;
  }
  return low;
}
