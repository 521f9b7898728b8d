import type { Span } from '../span.ts';
import { choiceTextAt } from './choice-text.ts';
import type { Passage } from './name.ts';

/** A choice's whole text, somewhere in a passage. */
export interface Mention {
  /** More than one when choices read alike. */
  readonly choices: readonly number[];
  readonly span: Span;
  readonly isDenied: boolean;
}

const WORD_START =
  /(?<![\p{L}\p{N}\p{M}.°-])["'“‘*_[(]{0,4}[\p{L}\p{N}]|(?<=[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}])[\p{L}\p{N}]/gu;
/** Words that a text holds without meaning the choice. */
const COMMON =
  /^[^\p{L}\p{N}]*(?:(?:the|an?)\s+)?(?:\p{L}|\d{1,2}|yes|no|not|none|all|both|one|two|in|on|at|up|it|is|as|to|by)[^\p{L}\p{N}]*$/iu;
/** What denies the choice behind it: "not X", and in "not X or Y" both. */
const BEFORE =
  /(?:\b(?:not|never|neither|nor|no|than|unlike|except|without|instead of|opposed to|other than)|n['’]t|不是|而非)[\s"'“‘*_([]+(?:(?:a|an|the|be|being|considered|necessarily|in|by|of|for|to)\s+)*(?:[\p{L}-]+(?: [\p{L}-]+)? (?:or|nor)\s+(?:(?:an?|the)\s+)?)?["'“‘*_([]*$/iu;
const BEHIND =
  /^["'”’*_)\]]*\s+(?:is|are|was|were|would be|does|do|did|can|has|have)(?:\s+not\b|n['’]t\b|\s+(?:incorrect|wrong|false|also incorrect)\b)|^["'”’*_)\]]*\s*[-–—:(]\s*(?:incorrect|wrong|false)\b/i;

/** Every whole choice text in the passage, the longest where they overlap, in order. */
export function mentions(passage: Passage): Mention[] {
  const { text, span, choices } = passage;
  const found: Mention[] = [];
  const within = text.slice(0, span.end);
  WORD_START.lastIndex = span.start;
  for (let match = WORD_START.exec(within); match; match = WORD_START.exec(within)) {
    const start = match.index + match[0].search(/[\p{L}\p{N}]/u);
    const at = choiceTextAt(within, start, choices);
    if (!at) continue;
    WORD_START.lastIndex = at.end;
    if (at.choices.every((choice) => COMMON.test(choices[choice]!))) continue;
    const isDenied =
      BEFORE.test(within.slice(Math.max(span.start, start - 40), start)) ||
      BEHIND.test(within.slice(at.end, at.end + 40));
    found.push({ choices: at.choices, span: { start, end: at.end }, isDenied });
  }
  return found;
}
