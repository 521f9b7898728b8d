import type { Strategy } from './strategy.ts';

/**
 * "Let's think step by step" (Kojima et al., 2022, "Large language models are zero-shot reasoners", section 3). There a
 * second query extracts the answer; here the format asks for it in the same one, and the answer reader extracts it.
 */
export const chainOfThought: Strategy = {
  id: 'chain-of-thought',
  what: 'Reasoning step by step beside the answer.',
  before: [],
  asks: "Let's think step by step.",
  writes: [
    { name: 'reasoning', what: 'the steps that lead to the answer, each following from the one before' },
  ],
  demonstrations: 0,
};
