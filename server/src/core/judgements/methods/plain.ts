import type { Passage } from '../name.ts';
import { contained } from './contained.ts';
import { indexNumber } from './index-number.ts';
import { label } from './label.ts';
import { lastLine } from './last-line.ts';
import { letter } from './letter.ts';
import { readLoosely } from './loose.ts';
import { mark } from './mark.ts';
import type { Found } from './method.ts';
import { ordinal } from './ordinal.ts';
import { pair } from './pair.ts';
import { part } from './part.ts';
import { text } from './text.ts';

/** The methods that need no structure, most explicit first. */
export const PLAIN_METHODS = [
  label,
  letter,
  indexNumber,
  text,
  pair,
  lastLine,
  ordinal,
  mark,
  contained,
  part,
];

/** What a stretch that must hold the answer says: the first fitting plain method, then looser forms; empty: nothing. */
export function readSlot(passage: Passage): readonly Found[] {
  for (const method of PLAIN_METHODS) {
    const found = method.read(passage, NOTHING);
    if (found) return found;
  }
  return readLoosely(passage) ?? [];
}

/** Plain methods read the passage alone. */
const NOTHING = { stages: [], byName: {} };
