import { isAbsolute, join } from 'node:path';
import type { Store } from '../core/store/types.ts';
import { defaultStorePath } from '../storage/location.ts';
import { openStore } from '../storage/sqlite-store.ts';

/** The store, opened when first asked for. Every part of the server sees the same one. */
export class StoreAccess {
  private readonly opened = new Map<string, Store>();

  /**
   * @param storePath the user's setting: the folder of the store, or empty for the one that the command line uses
   * @throws Error whose message is one sentence, when the store cannot be used
   */
  open(storePath: string): Store {
    if (storePath && !isAbsolute(storePath)) {
      throw new Error(`The setting rationale.storePath must be an absolute path; "${storePath}" is not.`);
    }
    const file = storePath ? join(storePath, 'predictions.sqlite') : defaultStorePath();
    let store = this.opened.get(file);
    if (!store) {
      store = openStore(file);
      this.opened.set(file, store);
    }
    return store;
  }

  /** Closes what was opened. A store that the settings no longer name stays open until here: a run may still write to it. */
  close(): void {
    for (const store of this.opened.values()) store.close();
    this.opened.clear();
  }
}
