import type { Judgement } from '../judgements/types.ts';

/** What the student wrote for one of the evaluation's records. */
export interface SampleOutput {
  readonly id: string;
  readonly output: string;
  readonly tokens: number;
}

/** The outputs of a samples file; lines that are none are passed over. */
export function parseSamples(text: string): SampleOutput[] {
  return text.split('\n').flatMap((line) => {
    try {
      const { id, output, tokens } = JSON.parse(line) as Partial<SampleOutput>;
      return typeof id === 'string' && typeof output === 'string'
        ? [{ id, output, tokens: tokens ?? 0 }]
        : [];
    } catch {
      return [];
    }
  });
}

/** How the student did on the evaluation's records, by the project's own reader. */
export interface SampleScores {
  readonly n: number;
  readonly correct: number;
  readonly mapped: number;
  /** Outputs whose reasoning asserts another choice than their conclusion. */
  readonly contradictions: number;
  /** Outputs with every stage, once each, closed and in order; null when the prompt asks for no stages. */
  readonly staged: number | null;
}

export function scoresOf(judgements: readonly Judgement[], asksForStages: boolean): SampleScores {
  const count = (test: (judgement: Judgement) => boolean) => judgements.filter(test).length;
  return {
    n: judgements.length,
    correct: count(({ verdict }) => verdict === 'correct'),
    mapped: count(({ reading }) => reading.choice !== null),
    contradictions: count(({ contradiction }) => contradiction === true),
    staged: asksForStages ? count(hasValidStages) : null,
  };
}

const ORDER = ['summary', 'caption', 'reasoning', 'conclusion'];

/** True when the stages that are there are closed, come once each and in order, and end with a conclusion. */
function hasValidStages({ rationale: { stages } }: Judgement): boolean {
  const places = stages.map(({ name }) => ORDER.indexOf(name));
  const isOrdered = places.every((place, i) => i === 0 || place > (places[i - 1] as number));
  return (
    isOrdered && stages.at(-1)?.name === 'conclusion' && stages.every(({ closeTag }) => closeTag !== null)
  );
}
