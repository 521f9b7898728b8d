import { dirname, resolve } from 'node:path';
import type { PromptModel } from '../core/pipeline-checks.ts';

/** What is known of the models that prompt files are used with. What takes reading is read in the background. */
export class PromptModels {
  private readonly look: (id: string) => Promise<PromptModel>;
  private readonly onKnown: () => void;
  private known = new Map<string, PromptModel | null>();

  /** @param look finds a model; throws when there is none @param onKnown told when there is more to know */
  constructor(look: (id: string) => Promise<PromptModel>, onKnown: () => void) {
    this.look = look;
    this.onKnown = onKnown;
  }

  /** Those of the models that are known by now; the others are looked for. @param path of the prompt file */
  of(ids: readonly string[], path: string): readonly PromptModel[] {
    return ids.flatMap((written) => {
      // A model folder may be named as a path from the prompt file.
      const id = written.startsWith('.') ? resolve(dirname(path), written) : written;
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
      (model) => {
        known.set(id, model);
        if (known === this.known) this.onKnown();
      },
      // Names of models that only an endpoint knows are as good as any.
      () => undefined,
    );
  }
}
