import type { BatchRow, TrainingView } from '../../../../server/src/protocol/training.ts';

/** What the training view shows. */
export interface Model {
  readonly training?: TrainingView;
  /** One real batch, token by token; absent until the run was looked at. */
  readonly batch?: readonly BatchRow[];
  /** One sentence why the run cannot be read any more; null when it can. */
  readonly gone: string | null;
}

/** What a person does on it. */
export type Message =
  | { readonly type: 'stop' }
  | { readonly type: 'resume' }
  /** Keep the last checkpoint. */
  | { readonly type: 'pin' }
  | { readonly type: 'reveal' }
  | { readonly type: 'openRecipe' }
  | { readonly type: 'annotate' };
