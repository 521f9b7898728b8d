import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../root.ts';

/** A copy of the sample workspace with a store of its own, so that a test starts from nothing. */
export class TempWorkspace {
  readonly #folder = mkdtempSync(join(tmpdir(), 'rationale-person-'));
  readonly path = join(this.#folder, 'sketchbook');
  readonly environment = { RATIONALE_STORE: join(this.#folder, 'store.sqlite') };

  constructor() {
    cpSync(join(root, 'samples', 'sketchbook'), this.path, { recursive: true });
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
