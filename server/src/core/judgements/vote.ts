import type { Counted, Vote } from './types.ts';

/**
 * Self-consistency (Wang et al., 2023): the choice that most samples name. Samples that fit no choice vote for none,
 * and lower the agreement.
 * @returns the vote and the sample that stands for all: the first that names the choice with reasoning that does not
 * contradict it, else the first that names it
 */
export function vote<T>(
  samples: readonly T[],
  judgementOf: (sample: T) => Counted,
): { vote: Vote; chosen: T } {
  const cast = samples.filter((sample) => judgementOf(sample).verdict !== 'failed');
  const choiceOf = (sample: T) => judgementOf(sample).reading.choice;
  const parties = [...Map.groupBy(cast, choiceOf)].filter(([choice]) => choice !== null);
  // A stable sort: parties are in the order in which they were first named.
  const [[choice, party] = [null, []]] = parties.toSorted(([, a], [, b]) => b.length - a.length);
  const sound = party.find((sample) => judgementOf(sample).contradiction !== true);
  const votes = party.length;
  return {
    vote: { choice, votes, samples: cast.length, agreement: cast.length === 0 ? 0 : votes / cast.length },
    chosen: sound ?? party[0] ?? cast[0] ?? (samples[0] as T),
  };
}
