import type { Span } from '../span.ts';

/** The four stages of a structured rationale, in order (LLaVA-CoT; svrd, section 3.1). */
export const STAGE_NAMES = ['summary', 'caption', 'reasoning', 'conclusion'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** One tagged part of an output. Spans are offsets into the raw output. */
export interface Stage {
  readonly name: StageName;
  /** Text between the tags, trimmed. */
  readonly text: string;
  /** What `text` covers. */
  readonly span: Span;
  readonly openTag: Span;
  /** Null when the stage is never closed: it then ends at the next opening tag or the end. */
  readonly closeTag: Span | null;
}

/** A raw output taken apart. Never throws, never guesses: what is not there is absent. */
export interface Rationale {
  /** Every stage in the order of the text, repeats included. */
  readonly stages: readonly Stage[];
  /** First stage of each name. */
  readonly byName: Readonly<Partial<Record<StageName, Stage>>>;
}
