/** What an output must be, piece by piece: the one definition that every kind of model is held to. */
export type Grammar = readonly Piece[];

export type Piece =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'one-of'; readonly texts: readonly string[] }
  /** Any text that says something and cannot be taken for a tag. `without`: nor does this occur in it. */
  | { readonly kind: 'text'; readonly without?: string }
  /** White space between two pieces, or none. */
  | { readonly kind: 'space' }
  /** A JSON object with these keys in this order. */
  | { readonly kind: 'object'; readonly fields: readonly ObjectField[] };

export interface ObjectField {
  readonly key: string;
  /** What its string may be; null: any text. */
  readonly values: readonly string[] | null;
}

/** The forms in which servers take a grammar. */
export type GrammarForm = 'choice' | 'json' | 'regex';

/** Characters of white space that stand between two pieces at most: some models would go on with it for ever. */
export const MOST_SPACE = 8;
