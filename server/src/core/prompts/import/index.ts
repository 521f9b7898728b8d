import { readPromptFile } from '../prompt-file.ts';
import { dotprompt } from './dotprompt.ts';
import { githubModels } from './github-models.ts';
import { harnessTask } from './harness-task.ts';
import { type Importer, promptyText } from './imported.ts';

/** The table of importers, the most particular first. A new one is a file here and a line. */
const IMPORTERS: readonly Importer[] = [githubModels, dotprompt, harnessTask];

export interface Imported {
  /** The text of the prompt file. */
  readonly text: string;
  /** What people call the format that it was in. */
  readonly from: string;
  /** What could not be carried over, or cannot be used as it stands; a sentence each. */
  readonly notes: readonly string[];
}

/**
 * A prompt file of another format as `.prompty`.
 *
 * @param file its name
 * @throws Error with one sentence when its format is not known, or it is not what it should be
 */
export function importPrompt(file: string, text: string): Imported {
  const importer = IMPORTERS.find((one) => one.reads(file, text));
  if (!importer) {
    throw new Error(
      `${file} is in no prompt format that is known here: .prompt (dotprompt), .prompt.yml (GitHub Models), or a task's .yaml (lm-eval, lmms-eval).`,
    );
  }
  const found = importer.read(text);
  const made = promptyText(found, `${file} (${importer.title})`);
  const faults = readPromptFile(made, file).problems.map(({ message }) => message);
  return { text: made, from: importer.title, notes: [...found.notes, ...faults] };
}
