import { dirname, isAbsolute, matchesGlob, relative, sep } from 'node:path';

/**
 * The folder from which a pattern of the settings fits a file: one of the workspace's, or the file's own where the
 * pattern is absolute; null when it does not fit.
 */
export function patternFolder(path: string, pattern: string, folders: readonly string[]): string | null {
  if (isAbsolute(pattern)) return matches(path, pattern) ? dirname(path) : null;
  const fits = (folder: string) => isWithin(folder, path) && matches(relative(folder, path), pattern);
  return folders.find(fits) ?? null;
}

export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function matches(path: string, pattern: string): boolean {
  const plain = path.replaceAll(sep, '/');
  return plain === pattern || matchesGlob(plain, pattern);
}
