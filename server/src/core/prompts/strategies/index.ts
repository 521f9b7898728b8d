import { chainOfThought } from './chain-of-thought.ts';
import { ddcot } from './ddcot.ts';
import { dualQuery } from './dual-query.ts';
import { fewShot } from './few-shot.ts';
import { noThinking } from './no-thinking.ts';
import { short } from './short.ts';
import type { Strategy } from './strategy.ts';
import { svrdStages } from './svrd-stages.ts';
import { zeroShot } from './zero-shot.ts';

/** The table of strategies. A new one is a file here and a line. */
export const STRATEGIES: readonly Strategy[] = [
  zeroShot,
  chainOfThought,
  fewShot,
  svrdStages,
  dualQuery,
  ddcot,
  noThinking,
  short,
];

/** The strategy of that name, as prompt files say it. @throws Error when there is none: names are checked when read */
export function strategyOf(id: string): Strategy {
  const found = STRATEGIES.find((strategy) => strategy.id === id);
  if (!found) throw new Error(`There is no strategy "${id}".`);
  return found;
}
