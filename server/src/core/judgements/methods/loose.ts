import { hasRefused } from '../hedges.ts';
import type { Passage } from '../name.ts';
import { containedIn } from './contained.ts';
import type { Found } from './method.ts';
import { ordinal } from './ordinal.ts';
import { part } from './part.ts';

/** What a stretch that must hold the answer (behind a label, in a field) says other than outright; null: nothing. */
export function readLoosely(passage: Passage): readonly Found[] | null {
  if (hasRefused(passage)) return null;
  return ordinal.read(passage, NOTHING) ?? containedIn(passage) ?? part.read(passage, NOTHING);
}

const NOTHING = { stages: [], byName: {} };
