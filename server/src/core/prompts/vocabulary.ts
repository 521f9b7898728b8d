/** The words of the template language, as its engine (@huggingface/jinja) knows them. A test asks it for each. */
import type { KeyValue } from './front-matter-keys.ts';

/** A filter: what it makes of a value. */
export interface Filter {
  readonly name: string;
  readonly what: string;
  /** The types of values that it takes. */
  readonly takes: readonly ('text' | 'list' | 'number' | 'mapping' | 'truth' | 'anything')[];
  /** What stands in its parentheses; absent: it takes nothing. */
  readonly given?: string;
}

export const FILTERS: readonly Filter[] = [
  { name: 'abs', what: 'without its sign', takes: ['number'] },
  { name: 'bool', what: 'itself', takes: ['truth'] },
  { name: 'capitalize', what: 'with its first letter large', takes: ['text'] },
  {
    name: 'default',
    what: 'another value where it is not there',
    takes: ['anything'],
    given: 'value, also_if_empty',
  },
  { name: 'dictsort', what: 'its entries, sorted', takes: ['mapping'], given: 'by="key"' },
  { name: 'first', what: 'its first item', takes: ['list'] },
  { name: 'float', what: 'as a number', takes: ['text', 'number', 'truth'] },
  { name: 'get', what: 'the entry of a name', takes: ['mapping'], given: '"name"' },
  { name: 'indent', what: 'with its lines moved to the right', takes: ['text'], given: 'width' },
  { name: 'int', what: 'as a whole number', takes: ['text', 'number', 'truth'] },
  { name: 'items', what: 'its entries', takes: ['mapping'] },
  { name: 'join', what: 'its items as one text', takes: ['list', 'text'], given: '", "' },
  { name: 'keys', what: 'its names', takes: ['mapping'] },
  { name: 'last', what: 'its last item', takes: ['list'] },
  { name: 'length', what: 'how long it is', takes: ['text', 'list', 'mapping'] },
  { name: 'list', what: 'itself', takes: ['list'] },
  { name: 'lower', what: 'in small letters', takes: ['text'] },
  { name: 'map', what: 'an attribute of each item', takes: ['list'], given: 'attribute="name"' },
  { name: 'rejectattr', what: 'the items without the attribute', takes: ['list'], given: '"name"' },
  { name: 'replace', what: 'with one text in place of another', takes: ['text'], given: '"old", "new"' },
  { name: 'reverse', what: 'from the end to the beginning', takes: ['list'] },
  { name: 'safe', what: 'itself', takes: ['anything'] },
  { name: 'selectattr', what: 'the items with the attribute', takes: ['list'], given: '"name"' },
  { name: 'sort', what: 'sorted', takes: ['list'], given: 'reverse' },
  { name: 'string', what: 'as a text', takes: ['text', 'list', 'number', 'truth'] },
  { name: 'title', what: 'with each word’s first letter large', takes: ['text'] },
  { name: 'tojson', what: 'as JSON', takes: ['anything'], given: 'indent=2' },
  { name: 'trim', what: 'without white space around it', takes: ['text'] },
  { name: 'unique', what: 'each item once', takes: ['list'] },
  { name: 'upper', what: 'in large letters', takes: ['text'] },
  { name: 'values', what: 'its values', takes: ['mapping'] },
];

/** What may stand behind `is`. */
export const TESTS: readonly KeyValue[] = [
  ['boolean', 'true or false'],
  ['callable', 'something to call'],
  ['defined', 'something that is there'],
  ['equalto', 'equal to what stands behind it'],
  ['eq', 'equal to what stands behind it'],
  ['even', 'an even number'],
  ['false', 'false'],
  ['integer', 'a whole number'],
  ['iterable', 'something to loop over'],
  ['lower', 'in small letters'],
  ['mapping', 'a mapping'],
  ['none', 'none'],
  ['number', 'a number'],
  ['odd', 'an odd number'],
  ['sequence', 'a list'],
  ['string', 'a text'],
  ['true', 'true'],
  ['undefined', 'something that is not there'],
  ['upper', 'in large letters'],
];

/** What a statement may begin with. */
export const STATEMENTS: readonly KeyValue[] = [
  ['if', 'shows its body if something holds'],
  ['elif', 'else, if something holds'],
  ['else', 'otherwise'],
  ['endif', 'closes if'],
  ['for', 'shows its body for each item of a list'],
  ['endfor', 'closes for'],
  ['break', 'leaves the loop'],
  ['continue', 'goes on with the next item'],
  ['set', 'gives a value a name'],
  ['endset', 'closes set without a value'],
  ['macro', 'names a piece of the template, to be called'],
  ['endmacro', 'closes macro'],
  ['call', 'calls a macro with a body'],
  ['endcall', 'closes call'],
  ['filter', 'puts its body through a filter'],
  ['endfilter', 'closes filter'],
  ['include', 'puts another file in its place'],
];

export const ROLES: readonly KeyValue[] = [
  ['system', 'what the model is told before anything else'],
  ['user', 'what the model is asked'],
  ['assistant', 'what the model has said'],
];
