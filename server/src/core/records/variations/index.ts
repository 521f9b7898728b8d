import { choicesMoved } from './choices-moved.ts';
import { synonyms } from './synonyms.ts';
import type { Variation } from './variation.ts';
import { wordsDeleted } from './words-deleted.ts';

/** The table of variations. A new one is a file here and a line. */
export const VARIATIONS: readonly Variation[] = [choicesMoved, wordsDeleted, synonyms];

export function variationOf(id: string): Variation {
  const found = VARIATIONS.find((variation) => variation.id === id);
  if (!found) throw new Error(`There is no variation "${id}".`);
  return found;
}
