import { hasRefused } from '../hedges.ts';
import type { Passage } from '../name.ts';
import type { Found, Method } from './method.ts';

const WORDS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];
/** "The second text …", "the first answer choice …", "2nd option". */
const ORDINAL =
  /^[\s*_"'“‘`]*(?:the )?(?:(first|second|third|fourth|fifth|sixth)|(\d)(?:st|nd|rd|th))(?:(?: \p{L}+)?(?: (?:option|choice|answer|text|sentence|statement|passage|poem|one|item|closing|greeting|announcement|phrase|title|excerpt|message|expression))\b|[\s.*_"'”’`]*$)/iu;
/** What makes it say something else of that choice than that it is the answer. */
const OTHERWISE =
  /\b(?:not|no|non\p{L}+|neither|nor|incorrect|wrong|while|whereas|but|both|first|second|third|other|less)\b|n['’]t\b/iu;
/** More than a sentence or two gives reasons, and names other choices for them. */
const LONGEST = 200;

export const ordinal: Method = {
  id: 'ordinal',
  confidence: 0.8,
  what: 'The place of a choice in words, with which a short output or answer begins, when it denies nothing and names no other place.',
  example: 'The second option is correct.',
  read(passage) {
    const { start, end } = passage.span;
    if (end - start > LONGEST || hasRefused(passage)) return null;
    const said = passage.text.slice(start, end);
    const match = ORDINAL.exec(said);
    if (!match || OTHERWISE.test(said.slice(match[0].length))) return null;
    return choiceOf(match[1] ? WORDS.indexOf(match[1].toLowerCase()) : Number(match[2]) - 1, passage);
  },
};

function choiceOf(choice: number, { choices, span }: Passage): Found[] {
  const found: Found = { choice, method: 'ordinal', span, confidence: 0.8, index: null };
  return choices[choice] === undefined ? [] : [found];
}
