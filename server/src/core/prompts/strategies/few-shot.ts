import type { Strategy } from './strategy.ts';

/**
 * Solved records of the same topic before the question, each with its solution and answer (Brown et al., 2020,
 * section 2; with explanations: Lu et al., 2022, "Learn to explain", section 4.2, whose two examples are the default).
 * With the answer first it is their CoT (QCM→ALE).
 */
export const fewShot: Strategy = {
  id: 'few-shot',
  what: 'Solved records of the same topic go before the question.',
  before: [],
  asks: '',
  writes: [{ name: 'reasoning', what: 'why it is the answer' }],
  demonstrations: 2,
};
