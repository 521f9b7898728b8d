import type { PromptRecord, PromptView } from '../../../../server/src/protocol/messages.ts';

/** What the preview shows. */
export interface Model {
  /** Name of the prompt file. */
  readonly file: string;
  readonly record: PromptRecord | null;
  /** The last that could be rendered; image parts hold what the page may load. */
  readonly prompt: PromptView | null;
  /** Why the file as it stands cannot be rendered; the prompt is then an old one. */
  readonly problem: string | null;
}

/** What a person does on it. */
export type Message = { readonly type: 'showProblem' } | { readonly type: 'showRecord' };
