import type { Strategy } from './strategy.ts';

/**
 * Concise chain of thought: "Be concise" (Renze and Guven, 2024, "The benefits of a concise chain of thought on
 * problem-solving in large language models"). Brevity can unsettle reasoning (Tang et al., 2025,
 * "Short-path prompting in LLMs"): compare it with `chain-of-thought` on the same records.
 */
export const short: Strategy = {
  id: 'short',
  what: 'Reasoning in two short sentences at most.',
  before: [],
  asks: "Let's think step by step. Be concise.",
  writes: [{ name: 'reasoning', what: 'the steps that lead to the answer, in two short sentences at most' }],
  demonstrations: 0,
};
