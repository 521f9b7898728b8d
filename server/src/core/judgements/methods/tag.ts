import type { Span } from '../../span.ts';
import type { Passage } from '../name.ts';
import { answersIn, readAnswers } from './json-answers.ts';
import type { Method } from './method.ts';
import { readSlot } from './plain.ts';

/** An output with more conclusions than this is a loop, and would cost time. */
const MOST = 100;

/** Tags that other prompts ask for. */
const TAGGED = /<(?:final[ _-]?)?(?:answer|ans|choice|option)>((?:(?!<\/?[a-z_]{3,20}>)[\s\S]){0,2000})/gi;

export const tag: Method = {
  id: 'tag',
  confidence: 1,
  what: 'What the conclusion stage says or, without one, an <answer> tag, in any of the forms below. Text outside it is not asked, even when the conclusion cannot be read.',
  example: '<REASONING>Like poles repel.</REASONING><CONCLUSION>B</CONCLUSION>',
  read(passage, rationale) {
    const conclusions = rationale.stages.filter((stage) => stage.name === 'conclusion');
    const spans = conclusions.length > 0 ? conclusions.map(({ span }) => span) : tagged(passage);
    if (spans.length === 0) return null;
    return spans.slice(0, MOST).flatMap((conclusion) => {
      const span = tagged({ ...passage, span: conclusion }).at(-1) ?? conclusion;
      const inside = { ...passage, span };
      const answers = answersIn(inside);
      const found = answers ? readAnswers(answers, inside) : readSlot(inside);
      return found.map((one) => ({ ...one, method: 'tag' as const }));
    });
  },
};

/** What stands in such tags, closed or not, where it says something. */
function tagged({ text, span }: Passage): Span[] {
  return Array.from(text.slice(span.start, span.end).matchAll(TAGGED), (match) => {
    const end = span.start + match.index + match[0].length;
    return { start: end - (match[1] as string).length, end };
  }).filter(({ start, end }) => text.slice(start, end).trim() !== '');
}
