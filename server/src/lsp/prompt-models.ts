import { dirname, resolve } from 'node:path';
import type { ModelCard, TokenCounter } from '../core/models/types.ts';
import type { PromptModel } from '../core/pipeline/checks.ts';

/** Finds a model by its id. @throws Error when there is none */
export type FindModel = (
  id: string,
) => Promise<{ readonly card: ModelCard; readonly counter: TokenCounter | null }>;

/** What is known of the models that prompt files are used with. What takes reading is read in the background. */
export class PromptModels {
  private readonly look: FindModel;
  private readonly onKnown: () => void;
  private known = new Map<string, PromptModel | null>();

  /** @param onKnown told when there is more to know */
  constructor(look: FindModel, onKnown: () => void) {
    this.look = look;
    this.onKnown = onKnown;
  }

  /** Those of the models that are known by now; the others are looked for. @param path of the prompt file */
  of(ids: readonly string[], path: string): readonly PromptModel[] {
    return ids.flatMap((written) => {
      const id = modelId(written, path);
      const model = this.known.get(id);
      if (model === undefined) this.find(id);
      return model ? [{ ...model, id: written }] : [];
    });
  }

  /** Models may be others now, or elsewhere. */
  forget(): void {
    this.known = new Map();
  }

  private find(id: string): void {
    const { known } = this;
    known.set(id, null);
    this.look(id).then(
      ({ card, counter }) => {
        known.set(id, { id, counter, trainedWith: card.trainedWith ?? null });
        if (known === this.known) this.onKnown();
      },
      // Names of models that only an endpoint knows are as good as any.
      () => undefined,
    );
  }
}

/** The id of a model that a file names: a model folder may be named as a path from the file. */
export function modelId(written: string, path: string): string {
  return written.startsWith('.') ? resolve(dirname(path), written) : written;
}
