/** What an output is held to, where a model can be held to the format that its prompt asks for. */
import type { Constraint, ModelCard } from '../models/types.ts';
import type { OutputFormat } from '../prompts/types.ts';
import { STAGE_NAMES } from '../rationales/types.ts';
import { choiceLetter } from '../text.ts';

/** The format as a constraint, for a question with so many choices. */
export function constraintOf(format: OutputFormat, choices: number): Constraint {
  const letters = Array.from({ length: choices }, (_, choice) => choiceLetter(choice));
  switch (format) {
    case 'letter':
      return { kind: 'choice', choices: letters };
    case 'json':
      return {
        kind: 'json',
        schema: {
          type: 'object',
          properties: { reasoning: { type: 'string' }, answer: { type: 'string', enum: letters } },
          required: ['reasoning', 'answer'],
          additionalProperties: false,
        },
      };
    case 'stages': {
      const stages = STAGE_NAMES.map((name) => {
        const tag = name.toUpperCase();
        return `<${tag}>${name === 'conclusion' ? `[${letters.join('')}]` : '[^<]+'}</${tag}>`;
      });
      return { kind: 'regex', pattern: stages.join('\\s*') };
    }
  }
}

const WORDS: Readonly<Record<Constraint['kind'], string>> = {
  choice: 'one of a few words',
  json: 'a JSON schema',
  regex: 'a pattern of tags',
};

/** @throws Error whose message is one sentence, when the model cannot be held to such a thing */
export function refuseUnheld({ id, constrains = [] }: ModelCard, { kind }: Constraint): void {
  if (constrains.includes(kind)) return;
  const can = constrains.map((one) => WORDS[one]).join(' or ') || 'nothing';
  throw new Error(
    `The output of ${id} cannot be held to ${WORDS[kind]}, as this prompt asks, but to ${can}.`,
  );
}
