/** Which dataset the user has named for an outputs file. */
import { resolve } from 'node:path';
import { patternFolder } from '../files/patterns.ts';
import type { OutputsSetting } from '../protocol/settings.ts';

/** What the user has said of an outputs file. */
export interface NamedOutputs {
  /** Absolute path; null when any dataset near the file will do. */
  readonly dataset: string | null;
  readonly indexBase: 0 | 1 | null;
}

/**
 * What the setting `rationale.outputs` says of an outputs file; null when it says nothing. Patterns and
 * datasets count from the workspace's folders, unless they are absolute.
 */
export function namedOutputs(
  path: string,
  named: Readonly<Record<string, OutputsSetting>>,
  folders: readonly string[],
): NamedOutputs | null {
  for (const [pattern, setting] of Object.entries(named)) {
    const from = patternFolder(path, pattern, folders);
    if (from === null) continue;
    const { dataset, indexBase }: Exclude<OutputsSetting, string> =
      typeof setting === 'string' ? { dataset: setting } : setting;
    return { dataset: dataset === undefined ? null : resolve(from, dataset), indexBase: indexBase ?? null };
  }
  return null;
}
