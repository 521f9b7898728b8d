import type { Strategy } from './strategy.ts';

/**
 * The question and nothing else (Brown et al., 2020, "Language models are few-shot learners", section 2; the
 * baseline of Kojima et al., 2022).
 */
export const zeroShot: Strategy = {
  id: 'zero-shot',
  what: 'The answer alone, at once.',
  before: [],
  asks: '',
  writes: [],
  demonstrations: 0,
};
