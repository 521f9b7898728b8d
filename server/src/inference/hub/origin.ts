/** Beside a model that was fetched: from which repository it is, and which commit of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'origin.json';

export function writeOrigin(folder: string, repository: string, commit: string): void {
  writeFileSync(join(folder, FILE), `${JSON.stringify({ repository, commit })}\n`);
}

/** `owner/name@commit`; null where nothing is said. */
export function readOrigin(folder: string): string | null {
  try {
    const { repository, commit } = JSON.parse(readFileSync(join(folder, FILE), 'utf8'));
    return `${repository}@${commit}`;
  } catch {
    return null;
  }
}
