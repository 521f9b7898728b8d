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

/** A `.prompty` file, read. */
export interface PromptFile {
  readonly name: string;
  readonly description: string;
  readonly setting: Setting;
  readonly format: OutputFormat;
  /** Whether the template may see the gold answer, as a teacher's that writes rationales does. */
  readonly gold: boolean;
  /** The body after the front matter: a Jinja template with role lines. */
  readonly template: string;
  /** Offset of the body in the file. */
  readonly bodyStart: number;
  readonly problems: readonly PromptProblem[];
}

export interface PromptProblem {
  readonly code: 'invalid-front-matter' | 'invalid-template';
  readonly message: string;
  readonly span: Span;
}
