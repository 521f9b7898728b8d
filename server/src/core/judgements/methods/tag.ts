import { json } from './json.ts';
import type { Method } from './method.ts';
import { readPlain } from './plain.ts';

export const tag: Method = {
  id: 'tag',
  confidence: 1,
  what: 'What the conclusion stage says, in any of the forms below. Text outside it is not asked, even when the conclusion cannot be read.',
  example: '<REASONING>Like poles repel.</REASONING><CONCLUSION>B</CONCLUSION>',
  read(passage, rationale) {
    const conclusions = rationale.stages.filter((stage) => stage.name === 'conclusion');
    if (conclusions.length === 0) return null;
    return conclusions.flatMap((stage) => {
      const inside = { ...passage, span: stage.span };
      const candidates = json.read(inside, rationale) ?? readPlain(inside);
      return candidates.map((candidate) => ({ ...candidate, method: 'tag' as const }));
    });
  },
};
