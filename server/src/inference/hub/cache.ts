/** The model cache that Hugging Face's own libraries keep, as far as models are read from it. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';

/** The folder of the cache, as those libraries find it. */
function cacheFolder({ HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME }: NodeJS.ProcessEnv): string {
  if (HF_HUB_CACHE) return HF_HUB_CACHE;
  return join(HF_HOME ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface'), 'hub');
}

/** Folder of a repository at a branch, tag or commit; null when it is not in the cache. */
export function cachedSnapshot(
  repository: string,
  revision: string,
  environment: NodeJS.ProcessEnv = process.env,
): string | null {
  const folder = join(cacheFolder(environment), `models--${repository.replace('/', '--')}`);
  const reference = join(folder, 'refs', revision);
  const commit = existsSync(reference) ? readFileSync(reference, 'utf8').trim() : revision;
  const snapshot = join(folder, 'snapshots', commit);
  return existsSync(join(snapshot, 'config.json')) ? snapshot : null;
}

/** `owner/name@commit` of a snapshot in the cache; null for any other folder. */
export function originOfSnapshot(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): string | null {
  const place = relative(cacheFolder(environment), folder);
  const [, owner, name, commit] =
    /^models--([^/\\]+?)--([^/\\]+)[/\\]snapshots[/\\]([^/\\]+)$/.exec(place) ?? [];
  return owner ? `${owner}/${name}@${commit}` : null;
}
