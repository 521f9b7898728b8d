import { hasRefused, isHypothetical } from '../hedges.ts';
import { distinct, type Name, nameAt, type Passage } from '../name.ts';
import { toFound } from './leading.ts';
import type { Method } from './method.ts';

/** A bracketed letter or number. */
const BRACKET = /[([]\s*(?:(?:option|choice)\s+)?(?:[a-z]|\d{1,2})\s*[)\]]/gi;
const WORD_START = /(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu;
/** An output with more brackets than this is a list or a loop, and would cost time. */
const MOST_BRACKETS = 100;

export const pair: Method = {
  id: 'pair',
  confidence: 0.85,
  what: 'A bracketed letter or number before or behind the words of its own choice, anywhere, when only one choice is named so.',
  example: 'These magnets will **(B) repel**.',
  read(passage) {
    const refused = hasRefused(passage);
    const pairs = [...pairsIn(passage)].filter(
      ({ span }) => !refused || !isHypothetical(passage.text, span.start),
    );
    return distinct(pairs.flatMap((name) => name.choices)).length === 1 ? toFound(pairs, 'pair', 0.85) : null;
  },
};

function* pairsIn(passage: Passage): Iterable<Name> {
  const { start, end } = passage.span;
  const longest = Math.max(0, ...passage.choices.map((choice) => choice.length)) + 8;
  let seen = 0;
  for (const bracket of passage.text.slice(start, end).matchAll(BRACKET)) {
    if (++seen > MOST_BRACKETS) return;
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
