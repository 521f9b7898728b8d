import { readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { FindPartial } from '../core/prompts/includes.ts';
import { isWithin } from './patterns.ts';
import { readTextFile } from './text-file.ts';

/** Characters of a partial; more are no template. */
const MOST_CHARACTERS = 200_000;
/** Files that partials are called. */
const EXTENSIONS = /\.(?:jinja2?|j2|txt|md)$/i;
/** So many are offered. */
const MOST_OFFERED = 200;

/**
 * Finds the partials of prompt files: as paths from the including file, and only within the folder.
 *
 * @param folder absolute; includes lead out of it by no path and no link
 * @param textOf the text of a file that is open in an editor; null for others
 */
export function findPartialsIn(
  folder: string,
  textOf: (path: string) => string | null = () => null,
): FindPartial {
  return (path, from) => {
    const target = resolve(dirname(from), path);
    if (!isWithin(folder, target))
      throw new Error(`"${path}" lies outside the workspace: it is not included.`);
    const open = textOf(target);
    if (open !== null) return { id: target, text: open };
    const stat = statSync(target, { throwIfNoEntry: false });
    if (!stat?.isFile())
      throw new Error(
        `There is no file "${path}" to include, counted from the folder of the file that does.`,
      );
    if (!isWithin(realpathSync(folder), realpathSync(target))) {
      throw new Error(`"${path}" leads outside the workspace: it is not included.`);
    }
    if (stat.size > MOST_CHARACTERS) throw new Error(`"${path}" is too long to be included.`);
    return { id: target, text: readTextFile(target) };
  };
}

/** The folder out of which the includes of a prompt file do not lead: the first that it lies in, else its own. */
export function partialsFolder(path: string, folders: readonly string[]): string {
  return folders.find((folder) => isWithin(folder, path)) ?? dirname(path);
}

/** The files that a prompt file could include, as paths from its folder: those in it and in folders of it. */
export function partialsNear(path: string): string[] {
  const folder = dirname(path);
  const found: string[] = [];
  const look = (place: string, depth: number) => {
    for (const entry of entriesOf(place)) {
      if (found.length >= MOST_OFFERED) return;
      const target = join(place, entry.name);
      if (entry.isDirectory() && depth > 0 && !entry.name.startsWith('.')) look(target, depth - 1);
      else if (entry.isFile() && EXTENSIONS.test(entry.name))
        found.push(relative(folder, target).replaceAll(sep, '/'));
    }
  };
  look(folder, 1);
  return found;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
