import type { Piece } from '../../grammars/types.ts';
import { type Format, inOrder, literal } from './format.ts';

/** Stage tags (svrd, section 3.1); the answer is the conclusion. */
export const stages: Format = {
  id: 'stages',
  request(parts, order) {
    const conclusion = tagged('conclusion', 'the letter of the correct choice, nothing else');
    const tags = inOrder(
      parts.map(({ name, what }) => tagged(name, what)),
      conclusion,
      order,
    );
    const asks =
      tags.length === 1
        ? 'Answer in this form, with nothing before or after it:'
        : 'Answer in this form and order, with nothing before, between or after the tags:';
    return [asks, ...tags].join('\n');
  },
  write: (parts, letter, order) =>
    inOrder(
      parts.map(({ name, text }) => tagged(name, text)),
      tagged('conclusion', letter),
      order,
    ).join('\n'),
  usual: ['summary', 'caption', 'reasoning'],
  grammar(parts, letters, order) {
    const stages = inOrder(
      parts.map((name) => held(name, { kind: 'text' })),
      held('conclusion', { kind: 'one-of', texts: letters }),
      order,
    );
    return stages.flatMap((stage, i) => (i > 0 ? [{ kind: 'space' } as const, ...stage] : stage));
  },
};

function held(name: string, inside: Piece): Piece[] {
  const [opening, closing] = tagged(name, '|').split('|') as [string, string];
  return [literal(opening), inside, literal(closing)];
}

function tagged(name: string, text: string): string {
  const tag = name.toUpperCase();
  return `<${tag}>${text}</${tag}>`;
}
