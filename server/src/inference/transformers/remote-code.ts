/** Code that a model's repository brings with it runs only when the user has named the repository and the commit. */
import { originOfSnapshot } from '../hub/cache.ts';
import { readOrigin } from '../hub/origin.ts';

/**
 * @param allowed `owner/name@commit` each
 * @param wasFetched the folder was fetched by us: what any other folder says of its origin is not believed
 */
export function mayRunCode(folder: string, allowed: readonly string[], wasFetched: boolean): boolean {
  const origin = originOfSnapshot(folder) ?? (wasFetched ? readOrigin(folder) : null);
  return origin !== null && allowed.includes(origin);
}

/** Sentences on what is wrong with the setting, and what of it can be used. */
export function readAllowedCode(name: string, value: unknown): { allowed: string[]; problems: string[] } {
  if (value === undefined) return { allowed: [], problems: [] };
  if (!Array.isArray(value))
    return { allowed: [], problems: [`${name} must be a list of "owner/name@commit".`] };
  const fits = (one: unknown) => typeof one === 'string' && /^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/.test(one);
  return {
    allowed: value.filter(fits),
    problems: value
      .filter((one) => !fits(one))
      .map(
        (one) =>
          `${name}: ${JSON.stringify(one)} is no repository at a commit, as "owner/name@" and 40 digits.`,
      ),
  };
}
