import type { Passage } from '../name.ts';
import type { Candidate } from '../types.ts';
import { indexNumber } from './index-number.ts';
import { label } from './label.ts';
import { letter } from './letter.ts';
import { pair } from './pair.ts';
import { text } from './text.ts';

/** The methods that need no structure, most explicit first. */
export const PLAIN_METHODS = [label, letter, indexNumber, text, pair];

/** What the first fitting plain method says; empty when none fits. */
export function readPlain(passage: Passage): readonly Candidate[] {
  for (const method of PLAIN_METHODS) {
    const candidates = method.read(passage, NOTHING);
    if (candidates) return candidates;
  }
  return [];
}

/** Plain methods read the passage alone. */
const NOTHING = { stages: [], byName: {} };
