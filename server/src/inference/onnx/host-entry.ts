import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file that runs as the model host: the bundle beside ours, or the source when we run from source. */
export function hostEntry(): string {
  const own = fileURLToPath(import.meta.url);
  return own.endsWith('.ts') ? join(dirname(own), 'host', 'main.ts') : join(dirname(own), 'model-host.js');
}
