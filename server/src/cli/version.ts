import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedRoot } from '../files/shipped.ts';

/** The version of what runs, as the manifest that is shipped with it says. */
export function ownVersion(): string {
  return JSON.parse(readFileSync(join(shippedRoot, 'package.json'), 'utf8')).version;
}
