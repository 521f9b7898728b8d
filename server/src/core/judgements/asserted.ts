import type { Stage } from '../rationales/types.ts';
import { assertions } from './assertions.ts';
import type { Candidate } from './types.ts';

/**
 * The choice that a reasoning asserts last, or null. Only an outright statement counts ("The answer is
 * attract.", "Option B is correct."), never a mere mention; one that fits two choices asserts none.
 * The span lies in the output, like the stage's.
 */
export function assertedChoice(reasoning: Stage, choices: readonly string[]): Candidate | null {
  const names = assertions({
    text: reasoning.text,
    span: { start: 0, end: reasoning.text.length },
    choices,
    indexBase: null,
  });
  const last = names.at(-1);
  if (last?.choices.length !== 1) return null;
  const { start, end } = last.span;
  return {
    choice: last.choices[0]!,
    method: 'label',
    span: { start: reasoning.span.start + start, end: reasoning.span.start + end },
  };
}
