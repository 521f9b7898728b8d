import type { Part } from '../strategies/strategy.ts';
import { type Format, inOrder, literal } from './format.ts';

/** Begins the line of the answer. */
const LABEL = 'Answer:';

/** The letter alone, or plain text with a line `Answer: B` at its end or beginning. */
export const letter: Format = {
  id: 'letter',
  request(parts, order) {
    if (parts.length === 0) return 'Answer with the letter of the correct choice and nothing else.';
    const line = `a line that holds nothing but "${LABEL}" and the letter of the correct choice`;
    return order === 'answer-first'
      ? `Begin with ${line}. Then write ${listed(parts)}.`
      : `Write ${listed(parts)}. End with ${line}.`;
  },
  write: (parts, answer, order) =>
    parts.length === 0
      ? answer
      : inOrder(
          parts.map(({ text }) => text),
          `${LABEL} ${answer}`,
          order,
        ).join('\n'),
  usual: [],
  grammar(parts, letters, order) {
    const letter = { kind: 'one-of', texts: letters } as const;
    if (parts.length === 0) return [letter];
    const text = { kind: 'text', without: `\n${LABEL}` } as const;
    return order === 'answer-first'
      ? [literal(`${LABEL} `), letter, literal('\n'), text]
      : [text, literal(`\n${LABEL} `), letter];
  },
};

function listed(parts: readonly Part[]): string {
  const [only] = parts;
  if (only && parts.length === 1) return only.what;
  return `a paragraph each: ${parts.map(({ name, what }) => `the ${name}: ${what}`).join('; ')}`;
}
