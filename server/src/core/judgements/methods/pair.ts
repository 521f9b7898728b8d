import { distinct, type Name, nameAt, type Passage } from '../name.ts';
import { toCandidates } from './leading.ts';
import type { Method } from './method.ts';

/** A bracketed letter or number. */
const BRACKET = /[([]\s*(?:(?:option|choice)\s+)?(?:[a-z]|\d{1,2})\s*[)\]]/gi;
const WORD_START = /(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu;

export const pair: Method = {
  id: 'pair',
  confidence: 0.85,
  what: 'A bracketed letter or number before or behind the words of its own choice, anywhere, when only one choice is named so.',
  example: 'These magnets will **(B) repel**.',
  read(passage) {
    const pairs = [...pairsIn(passage)];
    return distinct(pairs.flatMap((name) => name.choices)).length === 1 ? toCandidates(pairs, 'pair') : null;
  },
};

function* pairsIn(passage: Passage): Iterable<Name> {
  const { start, end } = passage.span;
  const longest = Math.max(0, ...passage.choices.map((choice) => choice.length)) + 8;
  for (const bracket of passage.text.slice(start, end).matchAll(BRACKET)) {
    const at = start + bracket.index;
    const before = nameAt(passage, at);
    if (before?.pair) yield before;
    else yield* pairBehind(passage, Math.max(start, at - longest), at);
  }
}

/** The words that end just before the bracket at `at`: "Australia (3)". */
function* pairBehind(passage: Passage, from: number, at: number): Iterable<Name> {
  for (const word of passage.text.slice(from, at).matchAll(WORD_START)) {
    const name = nameAt(passage, from + word.index);
    if (name?.pair && name.span.end > at) return yield name;
  }
}
