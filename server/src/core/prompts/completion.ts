/** What can be written at a place of a file. */
import type { Span } from '../span.ts';
import type { KeyValue, ValueSource } from './front-matter-keys.ts';

/** Something that can be written at a place of a prompt file. */
export interface Completion {
  readonly label: string;
  readonly kind: 'variable' | 'key' | 'value' | 'filter' | 'keyword';
  /** What is written in place of the span. */
  readonly newText: string;
  /** One line beside the label; may be empty. */
  readonly detail: string;
  /** What it is, in a few words. */
  readonly what: string;
}

/** What can be written at a place, instead of the characters of the span. */
export interface Completions {
  /** In the file. */
  readonly span: Span;
  readonly items: readonly Completion[];
}

/** What the surroundings of a prompt file offer as values of its front matter. */
export type Offers = Readonly<Record<Exclude<ValueSource, 'variables'> | 'partials', readonly KeyValue[]>>;
