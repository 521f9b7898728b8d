import { llava } from './llava.ts';
import { lmmsEval } from './lmms-eval.ts';
import { rationale } from './rationale.ts';
import type { Reader } from './reader.ts';
import { scienceqa } from './scienceqa.ts';
import { svrd } from './svrd.ts';
import { vlmevalkit } from './vlmevalkit.ts';

/** Every answer reader, ours first. One reader is one file here and one line in this table. */
export const READERS: readonly Reader[] = [rationale, scienceqa, llava, lmmsEval, vlmevalkit, svrd];

/** The reader of that name; null when there is none. */
export function readerOf(id: string): Reader | null {
  return READERS.find((reader) => reader.id === id) ?? null;
}
