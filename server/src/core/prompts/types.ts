import type { Span } from '../span.ts';

/**
 * Which of a record's fields a prompt may hold: 1 question, choices, hint, image, task; 2 adds the lecture;
 * 3 adds lecture and solution; 4 adds the solution (scientific-reasoning, section 4).
 */
export type Setting = 1 | 2 | 3 | 4;

export type MessagePart =
  | { readonly type: 'text'; readonly text: string }
  /** `path` as the record writes it; the models stage gets it resolved. */
  | { readonly type: 'image'; readonly path: string };

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly MessagePart[];
}

/** What a model is asked for one record. */
export interface Prompt {
  readonly messages: readonly Message[];
  readonly setting: Setting;
  /** Fields the setting allows but the record leaves empty, and fields the setting withholds. */
  readonly omitted: readonly string[];
}

/** What a prompt asks the output to look like. */
export type OutputFormat = 'stages' | 'json' | 'letter';

/** Whether the answer goes before or behind the reasoning. */
export type Order = 'answer-last' | 'answer-first';

/** Which solved records a prompt shows before its question. */
export interface DemonstrationChoice {
  /** Null: as many as the strategy shows by itself. */
  readonly count: number | null;
  /** `topic`: of the record's own topic, then of its subject, where there are enough. */
  readonly by: 'topic' | 'any';
  readonly split: string;
  /** Another seed shows others. */
  readonly seed: number;
  /** A template of what the model should say of one, in place of what strategy and format make of it. */
  readonly answer: string | null;
}

/** What of the front matter findings stand on. */
export type PlacedKey =
  | 'setting'
  | 'format'
  | 'gold'
  | 'dataset'
  | 'split'
  | 'reader'
  | 'models'
  | 'strategy';

/** A `.prompty` file, read. */
export interface PromptFile {
  readonly name: string;
  readonly description: string;
  readonly setting: Setting;
  readonly format: OutputFormat;
  /** A name of the table of strategies; null: the template alone. */
  readonly strategy: string | null;
  readonly order: Order;
  readonly demonstrations: DemonstrationChoice;
  /** Ids of the models that it is written for; empty when it names none. */
  readonly models: readonly string[];
  /** Whether the template may see the gold answer, as a teacher's that writes rationales does. */
  readonly gold: boolean;
  /** The body after the front matter: a Jinja template with role lines. */
  readonly template: string;
  /** The YAML of the front matter, in the file; null without any. */
  readonly matter: Span | null;
  /** Offset of the body in the file. */
  readonly bodyStart: number;
  /** What it says it needs, in order. */
  readonly inputs: readonly PromptInput[];
  /** Names that are images by their declaration: the template shows them. */
  readonly imageInputs: readonly string[];
  /** Path of the dataset from the file; null when it names none. */
  readonly dataset: string | null;
  readonly split: string | null;
  /** Id of the answer reader; null when it names none. */
  readonly reader: string | null;
  /** Tokens of an answer, at most; null when it does not say. */
  readonly maxOutputTokens: number | null;
  /** Further names of the record's fields, by name. */
  readonly fields: Readonly<Record<string, string>>;
  /** Where the front matter gives these names. */
  readonly fieldNames: readonly { readonly name: string; readonly span: Span }[];
  /** Keys of its front matter that only the first version of Prompty has. */
  readonly oldKeys: readonly { readonly name: string; readonly span: Span }[];
  /** Where the front matter says these, in the file; null where it does not. */
  readonly places: { readonly [Key in PlacedKey]: Span | null };
  readonly problems: readonly PromptProblem[];
}

/** An entry of `inputs`. */
export interface PromptInput {
  readonly name: string;
  /** Of the name, in the file. */
  readonly span: Span;
  /** `string`, `image`, …; null when it does not say. */
  readonly kind: string | null;
}

/** A change to a prompt file. */
export interface PromptEdit {
  /** In the file. */
  readonly span: Span;
  readonly newText: string;
}

export interface PromptProblem {
  readonly code: 'invalid-front-matter' | 'invalid-template';
  readonly message: string;
  /** In the file. */
  readonly span: Span;
  /** What is probably meant by the characters of the span. */
  readonly instead?: string;
}

/** A name that a template may ask for. */
export interface OfferedVariable {
  readonly name: string;
  /** The field of the record that it stands for. */
  readonly field: string;
  /** True when the file's setting or its `gold` withholds it: it then renders as nothing. */
  readonly isWithheld: boolean;
  /** What gives it away: the solution says the answer, and the gold answer is it. */
  readonly tells: 'solution' | 'answer' | null;
  /** The settings that offer it. */
  readonly settings: readonly Setting[];
}

/** A place where a template asks for something that it does not define itself. Spans lie in the file. */
export interface VariableUse {
  readonly name: string;
  readonly span: Span;
  /** The tag it stands in. */
  readonly tag: Span;
  /** `defined`: only asked whether it is there; `tested`: decides what is shown. */
  readonly how: 'shown' | 'tested' | 'defined';
}

/** What a template asks for and what it says itself. */
export interface TemplateUses {
  /** In the order of the text. */
  readonly variables: readonly VariableUse[];
  /** The template's own words: neither comments nor names, and nothing of a record. */
  readonly text: string;
  /** Where it shows the record's image, in the file. */
  readonly images: readonly Span[];
}
