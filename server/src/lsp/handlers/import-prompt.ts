import { basename } from 'node:path';
import { importPromptFile } from '../../core/pipeline/prompty.ts';
import { readTextFile } from '../../files/text-file.ts';
import type { RequestHandler } from '../handler.ts';
import { pathOf } from '../open-document.ts';

/** A prompt file of another format as one of ours; nothing is written. */
export const importPrompt: RequestHandler<'rationale/importPrompt'> = ({ uri }) => {
  const path = pathOf(uri);
  if (path === null) throw new Error('Only files on the disk can be imported.');
  return importPromptFile({ name: basename(path), text: readTextFile(path) });
};
