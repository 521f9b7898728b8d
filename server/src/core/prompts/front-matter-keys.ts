/** The keys of the front matter: the one table by which they are checked, completed and explained. */
import { STRATEGIES } from './strategies/index.ts';
import type { OutputFormat, Setting } from './types.ts';

/** A value that a key may have, and what it means in a few words. */
export type KeyValue = readonly [value: string, what: string];

/** Things that only the surroundings of a prompt file know. */
export type ValueSource = 'datasets' | 'splits' | 'models' | 'readers' | 'variables';

export interface FrontMatterKey {
  /** What it is, and what holds where it is absent. */
  readonly what: string;
  /** Absent: any value, or those of `from`. */
  readonly values?: readonly KeyValue[];
  readonly from?: ValueSource;
  /** What it holds when it is a mapping. */
  readonly keys?: FrontMatterKeys;
  /** What each entry of its mapping is, when the entries' names are free. */
  readonly each?: FrontMatterKey;
}

export type FrontMatterKeys = Readonly<Record<string, FrontMatterKey>>;

const SETTINGS: Readonly<Record<Setting, string>> = {
  1: 'no lecture, no solution',
  2: 'with the lecture',
  3: 'with the lecture and the solution',
  4: 'with the solution',
};
const FORMATS: Readonly<Record<OutputFormat, string>> = {
  stages: 'summary, caption, reasoning and conclusion, each in its tag',
  json: 'one JSON object',
  letter: 'the letter of a choice and no more',
};

/** What Rationale adds to a Prompty file, and where. */
export const OWN = ['metadata', 'rationale'] as const;

export const OWN_KEYS = {
  dataset: {
    what: 'the dataset that the prompt is for, as a path from this file; where it is absent, the one beside or above it',
    from: 'datasets',
  },
  split: { what: 'the split of the dataset; every record where it is absent', from: 'splits' },
  models: { what: 'the models that the prompt is for; `model.id` where it is absent', from: 'models' },
  setting: {
    what: 'which of the record’s fields the prompt may hold; 1 where it is absent',
    values: Object.entries(SETTINGS),
  },
  format: {
    what: 'what the output is asked to look like; stages where it is absent',
    values: Object.entries(FORMATS),
  },
  reader: {
    what: 'the answer reader that judges the outputs; rationale where it is absent',
    from: 'readers',
  },
  gold: {
    what: 'whether the template may see the gold answer; false where it is absent',
    values: [
      ['true', 'as a teacher’s prompt that writes rationales'],
      ['false', 'as every prompt whose accuracy is to be a fair claim'],
    ],
  },
  fields: {
    what: 'other names by which the template asks for fields of the record',
    each: { what: 'the field of the record that this name stands for', from: 'variables' },
  },
  strategy: {
    what: 'how the model is asked, besides the template; the template alone where it is absent',
    values: STRATEGIES.map(({ id, what }) => [id, what]),
  },
  order: {
    what: 'whether the answer goes before or behind the reasoning; answer-last where it is absent',
    values: [
      ['answer-last', 'reasoning first: the answer can follow from it'],
      ['answer-first', 'the answer at once, then why'],
    ],
  },
  demonstrations: {
    what: 'the solved records that go before the question; none where it is absent, unless the strategy shows some',
    keys: {
      count: { what: 'how many; as many as the strategy shows where it is absent' },
      by: {
        what: 'which; topic where it is absent',
        values: [
          ['topic', 'of the record’s own topic, then of its subject, where there are enough'],
          ['any', 'of any topic'],
        ],
      },
      split: { what: 'the split that they are from; train where it is absent', from: 'splits' },
      seed: { what: 'another seed shows others; 0 where it is absent' },
      answer: { what: 'a template of what the model should say of one' },
    },
  },
} as const satisfies FrontMatterKeys;

/** A type of Prompty's, of inputs and outputs. */
const PROPERTY: FrontMatterKey = {
  what: 'a name that the template may ask for',
  keys: {
    kind: {
      what: 'its type',
      values: [
        ['string', 'a text'],
        ['integer', 'a whole number'],
        ['float', 'a number'],
        ['boolean', 'true or false'],
        ['array', 'a list'],
        ['object', 'a mapping'],
        ['image', 'an image, shown where the template asks for it'],
      ],
    },
    description: { what: 'what it is, for people' },
    required: {
      what: 'whether the prompt needs it; false where it is absent',
      values: [
        ['true', 'it does'],
        ['false', 'it does not'],
      ],
    },
    default: { what: 'its value where none is given' },
    example: { what: 'a value to show what is meant' },
    enumValues: { what: 'the values it may have, a list' },
  },
};

/** Prompty's own keys (its specification of version 2, sections 2.3 to 2.8), as far as they mean something here, and ours. */
export const FRONT_MATTER: FrontMatterKeys = {
  name: { what: 'what the prompt is called; its file name where it is absent' },
  displayName: { what: 'what it is called in lists' },
  description: { what: 'what it is for, in a sentence' },
  model: {
    what: 'the model that the prompt is for: its id, or a mapping',
    from: 'models',
    keys: {
      id: {
        what: 'a model of the catalog, a model folder, or a name that only an endpoint knows',
        from: 'models',
      },
      provider: { what: 'who serves it, for other Prompty tools' },
      apiType: {
        what: 'how it is asked; chat where it is absent',
        values: [['chat', 'messages by role, the only way here']],
      },
      connection: { what: 'where it is served, for other Prompty tools' },
      options: {
        what: 'how it decodes',
        keys: {
          maxOutputTokens: { what: 'tokens of an answer, at most' },
          temperature: { what: 'sampling temperature, for other Prompty tools; Rationale decodes greedily' },
          topP: { what: 'nucleus sampling, for other Prompty tools' },
          seed: { what: 'random seed, for other Prompty tools' },
          stopSequences: { what: 'texts that end an answer, for other Prompty tools' },
        },
      },
    },
  },
  inputs: { what: 'the names that the template asks for', each: PROPERTY },
  outputs: { what: 'what an answer holds, for other Prompty tools', each: PROPERTY },
  tools: { what: 'tools that the model may call, for other Prompty tools' },
  template: {
    what: 'how the template is written: jinja2, the only way here, where it is absent',
    keys: {
      format: {
        what: 'the template language',
        keys: { kind: { what: 'its name', values: [['jinja2', 'Jinja, the only one here']] } },
      },
      parser: {
        what: 'how the rendered text becomes messages',
        keys: { kind: { what: 'its name', values: [['prompty', 'by role lines, the only one here']] } },
      },
    },
  },
  metadata: {
    what: 'whatever tools add',
    keys: {
      authors: { what: 'who wrote it, a list' },
      tags: { what: 'words to find it by, a list' },
      version: { what: 'its version' },
      rationale: { what: 'what Rationale adds', keys: OWN_KEYS },
    },
  },
};

/** What the table says of a key; null when it knows no such key. @param path the outermost first */
export function keyAt(path: readonly string[]): FrontMatterKey | null {
  let key: FrontMatterKey | undefined = { what: '', keys: FRONT_MATTER };
  for (const name of path) {
    key = key.keys && Object.hasOwn(key.keys, name) ? key.keys[name] : key.each;
    if (!key) return null;
  }
  return key;
}
