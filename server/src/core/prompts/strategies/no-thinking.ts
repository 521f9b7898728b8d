import type { Strategy } from './strategy.ts';

/**
 * The thinking of a reasoning model is put in its mouth as done (Ma et al., 2025, "Reasoning models can be effective
 * without thinking", whose words these are), so that it answers at once.
 */
export const noThinking: Strategy = {
  id: 'no-thinking',
  what: "A reasoning model's thinking is begun and ended for it, so that it answers at once.",
  before: [],
  asks: '',
  writes: [],
  demonstrations: 0,
  prefill: '<think>\nOkay, I think I have finished thinking.\n</think>\n\n',
};
