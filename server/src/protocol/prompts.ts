/** What client and server say to each other about what a model would be shown with a prompt file. */
import type { Position, Range } from './values.ts';

/** Asks what a model would be shown with an open prompt file, as it stands in the editor. */
export interface RenderPromptParams {
  readonly uri: string;
  /** Absent: the first record of the dataset beside or above the prompt file. */
  readonly record?: RecordReference;
}

/** A record by its id, or by a place in its lines. */
export type RecordReference = { readonly dataset: string } & (
  | { readonly id: string }
  | { readonly position: Position }
);

export interface RenderPromptResult {
  /** The record that it was rendered for; null when there is no dataset, or none where the reference points. */
  readonly record: PromptRecord | null;
  /** Null: see `problem`. */
  readonly prompt: PromptView | null;
  /** Why nothing can be rendered as the file stands. */
  readonly problem: { readonly message: string; readonly range: Range | null } | null;
}

export interface PromptRecord {
  readonly dataset: string;
  readonly id: string;
  /** The question, shortened to one line. */
  readonly label: string;
}

/** What a model would be shown for a record. */
export interface PromptView {
  readonly setting: number;
  /** Ids of the models that the prompt file is written for; empty when it names none. */
  readonly models: readonly string[];
  /** The split that it is for; null when it names none. */
  readonly split: string | null;
  readonly messages: readonly PromptMessage[];
  /** What is asked before these, query by query; an output that is not known yet stands as `«…»`. */
  readonly before: readonly { readonly query: string; readonly messages: readonly PromptMessage[] }[];
  /** Ids of the records that are shown solved. */
  readonly demonstrations: readonly string[];
  readonly leaks: readonly PromptLeak[];
  /** What the prompt does not hold, and why in a few words. */
  readonly omitted: readonly { readonly field: string; readonly why: string }[];
  /** One sentence why no model would be asked this; null when one would be. */
  readonly refusal: string | null;
}

export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly PromptPart[];
}

/** What a prompt tells of the record that its setting withholds, or that gives the answer away as is meant. */
export interface PromptLeak {
  readonly field: 'lecture' | 'solution' | 'answer';
  readonly isWithheld: boolean;
}

export type PromptPart =
  | { readonly type: 'text'; readonly pieces: readonly PromptPiece[] }
  /** URI of the image's file. */
  | { readonly type: 'image'; readonly uri: string };

export interface PromptPiece {
  readonly text: string;
  /** The fields of the record that it was made of; empty: the template's own words. */
  readonly fields: readonly string[];
  /** Whether it is what a leak tells. */
  readonly isLeak: boolean;
}

export interface PromptTokensParams {
  readonly uri: string;
  readonly record: RecordReference;
  readonly model: string;
}

/** What a prompt costs a model, in the model's own tokens and with its chat template. */
export interface PromptTokens {
  readonly total: number;
  /** Of these, the tokens that stand for images. */
  readonly image: number;
  /** Tokens of prompt and answer together, at most; null where the model does not say. */
  readonly context: number | null;
}

export interface PromptSnippetParams extends PromptTokensParams {
  /** `curl`: for bash and zsh; `python`: with the package `openai`. */
  readonly language: 'curl' | 'python';
}

export interface ImportPromptParams {
  /** URI of a prompt file of another format. */
  readonly uri: string;
}

export interface ImportPromptResult {
  /** The text of the prompt file that it becomes. */
  readonly text: string;
  /** What people call the format that it was in. */
  readonly from: string;
  /** What could not be carried over, or cannot be used as it stands; a sentence each. */
  readonly notes: readonly string[];
}
