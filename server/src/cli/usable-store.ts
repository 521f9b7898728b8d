import type { Store } from '../core/store/types.ts';
import { defaultStorePath } from '../storage/location.ts';
import { openStore } from '../storage/sqlite-store.ts';

/**
 * Lets a command use the store that can also do without: where it cannot be opened, stderr says why, once, and `use`
 * gets null.
 */
export function withUsableStore<T>(use: (store: Store | null) => T): T {
  const store = open();
  try {
    return use(store);
  } finally {
    store?.close();
  }
}

let isRefused = false;

function open(): Store | null {
  try {
    return openStore(defaultStorePath());
  } catch (error) {
    if (!isRefused) process.stderr.write(`${(error as Error).message}\n`);
    isRefused = true;
    return null;
  }
}
