import type { ObjectField } from '../../grammars/types.ts';
import { type Format, inOrder } from './format.ts';

/** One JSON object, its keys in the order that is asked for: a model writes them in turn. */
export const json: Format = {
  id: 'json',
  request(parts, order) {
    const keys = inOrder(
      parts.map(({ name, what }) => ({ name: name as string, what })),
      { name: 'answer', what: 'the letter of the correct choice' },
      order,
    );
    return `Answer with one JSON object and nothing else, its ${keys.length === 1 ? 'one key' : 'keys in this order'}: {${keys
      .map(({ name, what }) => `"${name}": "<${what}>"`)
      .join(', ')}}`;
  },
  write(parts, letter, order) {
    const entries = inOrder(
      parts.map(({ name, text }) => [name as string, text] as const),
      ['answer', letter] as const,
      order,
    );
    return JSON.stringify(Object.fromEntries(entries));
  },
  usual: ['reasoning'],
  grammar(parts, letters, order) {
    const fields = inOrder<ObjectField>(
      parts.map((key) => ({ key, values: null })),
      { key: 'answer', values: letters },
      order,
    );
    return [{ kind: 'object', fields }];
  },
};
