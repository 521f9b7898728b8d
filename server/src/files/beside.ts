import { dirname, relative, resolve, sep } from 'node:path';

/** A path as a file in another folder says it: relative, with forward slashes. */
export function besideFile(file: string): (path: string) => string {
  const folder = dirname(resolve(file));
  return (path) => relative(folder, path).split(sep).join('/');
}
