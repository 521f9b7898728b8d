import type { Span } from '../span.ts';

/**
 * One question as ScienceQA writes it (Lu et al., 2022): the object under its id in `problems.json`, or what is
 * read from a conversation.
 * A field that is absent or of the wrong type holds its empty value (`''`, `[]`, `null`); the record's
 * problems say so.
 */
export interface DatasetRecord {
  readonly id: string;
  readonly question: string;
  readonly choices: readonly string[];
  /** Zero-based index of the gold choice; null when it is absent or not an integer. May lie out of range. */
  readonly answer: number | null;
  readonly hint: string;
  /** What its image shows, in words: its own or that of ScienceQA's `captions.json`. */
  readonly caption: string;
  /** File name of the image as written in the record, or null when the record has none. */
  readonly image: string | null;
  readonly task: string;
  readonly grade: string;
  readonly subject: string;
  readonly topic: string;
  readonly category: string;
  readonly skill: string;
  readonly lecture: string;
  readonly solution: string;
  /** `train`, `val`, `test` or whatever the record says; null when it says nothing. */
  readonly split: string | null;
  /** Only there when the record is written as a conversation. */
  readonly conversation?: Conversation;
}

/**
 * What a conversation (LLaVA, LLaVA-CoT, ShareGPT, `messages`) says beyond the record that is read from it. With
 * no choices it is an open question, which has no gold answer either.
 */
export interface Conversation {
  /** How many images it names. `image` of the record is the first that is a file. */
  readonly images: number;
  /** How many places the user's turns have for images: `<image>` tokens and image parts. */
  readonly imageTokens: number;
}

/** Something in the text that kept a record from being read as it was meant. */
export interface RecordProblem {
  readonly code: 'malformed-record' | 'duplicate-id';
  readonly message: string;
  /** In the chunk's text. */
  readonly span: Span;
  readonly field?: string;
}

/** Where a field stands: its key (absent for array items) and its value, in the chunk's text. */
export interface FieldSource {
  readonly key?: Span;
  readonly value: Span;
}

/** A record together with where each piece of it stands. All spans are offsets into its chunk's text. */
export interface RecordSource {
  readonly record: DatasetRecord;
  /** From the key (or the opening brace) to the closing brace. */
  readonly span: Span;
  /** The id: the key in an object by id, the value of the id field otherwise. */
  readonly idSpan: Span;
  /**
   * By path: `question`, `choices[1]`, `answer`, `conversations[0].value`, … Only what is written is here. In a
   * conversation `question`, `choices`, `solution` and `image` are the values that they were read from.
   */
  readonly fields: ReadonlyMap<string, FieldSource>;
  /** A choice as the record writes its answer: `1`, or with a field map perhaps `2` or `"B"`. */
  answerText(choice: number): string;
  readonly problems: readonly RecordProblem[];
}

/** How the dataset's text is laid out; `unknown` is text that is no dataset. */
export type DatasetLayout = 'json-object' | 'json-array' | 'jsonl' | 'unknown';

/**
 * One record's piece of the document. A chunk object is replaced, never changed, when its text changes, so
 * it can key caches; its place in the document is asked of the document.
 */
export interface Chunk {
  readonly text: string;
  /** The number of its record or line in the file, counted from 0; 0 in an object by id. */
  readonly row: number;
  /** Null for text that holds no record (the braces around the records, blank lines, broken text). */
  readonly source: RecordSource | null;
  /** Problems of a chunk that holds no record, and of the layout itself, in the chunk's text. */
  readonly problems: readonly RecordProblem[];
}

/** What the file system says of a record's image. Filled in by an adapter; core never touches files. */
export type ImageFacts =
  | { readonly state: 'none' }
  | {
      readonly state: 'ok';
      readonly path: string;
      readonly width: number;
      readonly height: number;
      /** Length of the file. */
      readonly bytes: number;
      readonly digest: string;
    }
  | { readonly state: 'missing'; readonly path: string }
  | { readonly state: 'unreadable'; readonly path: string; readonly reason: string }
  | { readonly state: 'outside'; readonly path: string };

/** The ids of each split as `pid_splits.json` lists them. */
export type SplitTable = ReadonlyMap<string, readonly string[]>;
