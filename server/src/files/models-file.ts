import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ParseError, parse } from 'jsonc-parser';
import { readTextFile } from './text-file.ts';

/** Name of the file in which a workspace, or a user of the command line, says what models there are besides ours. */
export const MODELS_FILE = 'rationale.models.json';

/** What such a file says, unchecked. */
export interface ModelsFile {
  readonly path: string;
  readonly endpoints: unknown;
  readonly models: unknown;
  /** One sentence, when it is no file of that kind; it then says nothing. */
  readonly problem: string | null;
}

/** The models file in the folder or the nearest one above it; null when there is none. */
export function findModelsFile(folder: string): ModelsFile | null {
  const own = modelsFileIn(folder);
  return own ?? (dirname(folder) === folder ? null : findModelsFile(dirname(folder)));
}

/** The models file in the folder itself; null when there is none. */
export function modelsFileIn(folder: string): ModelsFile | null {
  const path = join(folder, MODELS_FILE);
  if (!existsSync(path)) return null;
  const errors: ParseError[] = [];
  let value: unknown;
  try {
    value = parse(readTextFile(path).replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true });
  } catch (error) {
    return { path, endpoints: undefined, models: undefined, problem: `${(error as Error).message}` };
  }
  if (errors.length > 0 || typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      path,
      endpoints: undefined,
      models: undefined,
      problem: `${path} is not used: it is not a JSON object.`,
    };
  }
  const { endpoints, models } = value as { endpoints?: unknown; models?: unknown };
  return { path, endpoints, models, problem: null };
}
