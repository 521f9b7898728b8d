import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type ParseError, parse } from 'jsonc-parser';
import { readRuleSettings } from '../core/annotations/rule-settings.ts';
import type { RuleSettings } from '../core/annotations/types.ts';
import { readFieldMaps } from '../core/pipeline.ts';
import type { FieldMap } from '../core/records/field-map.ts';
import type { ReadAs } from '../core/records/read-as.ts';
import { readAsFor } from '../files/read-as.ts';
import { readTextFile } from '../files/text-file.ts';

const FILE = join('.vscode', 'settings.json');
const SECTION = 'rationale.';

/** What the settings file that holds for some path says. */
export interface WorkspaceSettings {
  /** Null when there is none. */
  readonly file: string | null;
  /** The settings of section `rationale`, by their names without it. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** How the records of the dataset at `path` are read: as the user says on the command line, else in the workspace. */
export function readAsAt(
  path: string,
  own: FieldMap | null,
  say: (problem: string) => void = (problem) => process.stderr.write(`${problem}\n`),
): ReadAs {
  const { file, values } = workspaceSettings(path);
  const { maps, problems } = readFieldMaps(values.fields);
  for (const problem of problems) say(`${file}: ${problem}`);
  const readAs = readAsFor(path, maps, file ? [dirname(dirname(file))] : [], say);
  return own ? { ...readAs, map: own } : readAs;
}

/** The folder of the sentence-embedding model that the workspace of `path` names; null when it names none. */
export function workspaceEmbeddings(path: string): string | null {
  const { file, values } = workspaceSettings(path);
  const { embeddings } = values;
  if (!file || typeof embeddings !== 'string' || embeddings.trim() === '') return null;
  return resolve(dirname(dirname(file)), embeddings.trim());
}

/** The rules as the workspace of `path` sets them; what cannot be used is said on stderr. */
export function workspaceRules(path: string): RuleSettings {
  const { file, values } = workspaceSettings(path);
  const { rules, problems } = readRuleSettings(values.rules);
  for (const problem of problems) process.stderr.write(`${file}: ${problem}\n`);
  return rules;
}

/**
 * The settings that the editor would use for a file: those of the nearest `.vscode/settings.json`, beside the file
 * or in a folder above it. The user's own settings do not count, so that a check says the same on every machine.
 * @param path Absolute.
 */
export function workspaceSettings(path: string): WorkspaceSettings {
  const file = nearest(dirname(path));
  if (!file) return { file, values: {} };
  let settings = read.get(file);
  if (!settings) {
    settings = readSettings(file);
    read.set(file, settings);
  }
  return settings;
}

/** By file: a command asks for several settings, and what is wrong with the file is said once. */
const read = new Map<string, WorkspaceSettings>();

function readSettings(file: string): WorkspaceSettings {
  const errors: ParseError[] = [];
  const all: unknown = parse(readTextFile(file).replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true });
  if (errors.length > 0 || typeof all !== 'object' || all === null || Array.isArray(all)) {
    process.stderr.write(`${file} is not used: it is not a settings file in JSON.\n`);
    return { file, values: {} };
  }
  const own = Object.entries(all).filter(([name]) => name.startsWith(SECTION));
  return {
    file,
    values: Object.fromEntries(own.map(([name, value]) => [name.slice(SECTION.length), value])),
  };
}

function nearest(folder: string): string | null {
  const file = join(folder, FILE);
  if (existsSync(file)) return file;
  return dirname(folder) === folder ? null : nearest(dirname(folder));
}
