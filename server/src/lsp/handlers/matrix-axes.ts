import { AXES, RACE_RULE, VARIATION_WORDS } from '../../core/pipeline/matrix.ts';
import { usablePrompt } from '../../core/pipeline/prompts.ts';
import type { RequestHandler } from '../handler.ts';

/** What can be varied of a prompt file, and what it says itself. */
export const matrixAxes: RequestHandler<'rationale/matrixAxes'> = ({ prompt }, session) => {
  const open = session.prompts.open(prompt);
  if (!open) throw new Error('A matrix is made of a prompt file: open a .prompty file.');
  const { setting, format, split, models } = usablePrompt(open.prompt);
  return {
    axes: AXES,
    variations: Object.entries(VARIATION_WORDS).map(([id, words]) => ({ id, words })),
    raceRule: RACE_RULE,
    own: { setting, format, split, models },
    dataset: open.dataset?.uri ?? null,
  };
};
