import { answersIn, readAnswers } from './json-answers.ts';
import type { Method } from './method.ts';
import { readSlot } from './plain.ts';

/** An output with more conclusions than this is a loop, and would cost time. */
const MOST = 100;

export const tag: Method = {
  id: 'tag',
  confidence: 1,
  what: 'What the conclusion stage says, in any of the forms below. Text outside it is not asked, even when the conclusion cannot be read.',
  example: '<REASONING>Like poles repel.</REASONING><CONCLUSION>B</CONCLUSION>',
  read(passage, rationale) {
    const conclusions = rationale.stages.filter((stage) => stage.name === 'conclusion');
    if (conclusions.length === 0) return null;
    return conclusions.slice(0, MOST).flatMap((stage) => {
      const inside = { ...passage, span: stage.span };
      const answers = answersIn(inside);
      const found = answers ? readAnswers(answers, inside) : readSlot(inside);
      return found.map((one) => ({ ...one, method: 'tag' as const }));
    });
  },
};
