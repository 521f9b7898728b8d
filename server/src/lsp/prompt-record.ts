import { exampleRecord } from '../core/pipeline/prompty.ts';
import type { Chunk, RecordSource } from '../core/records/types.ts';
import type { RecordReference } from '../protocol/messages.ts';
import type { Dataset } from './dataset.ts';
import type { CheckedPrompt } from './prompt-files.ts';
import type { Session } from './session.ts';

/** An open prompt file and a record that it is tried on. */
export interface PromptRecord {
  readonly checked: CheckedPrompt;
  readonly dataset: Dataset;
  readonly source: RecordSource;
}

/**
 * Finds the record that is meant, or says in a sentence why there is none.
 *
 * @param asked null: the first record of the prompt file's own dataset and split
 * @throws Error with one sentence, when the document is not open or no prompt file
 */
export function promptRecord(
  uri: string,
  asked: RecordReference | null,
  session: Session,
): PromptRecord | { readonly problem: string } {
  const checked = session.prompts.open(uri);
  if (!checked) throw new Error('The preview shows prompt files: open a .prompty file.');
  const dataset = asked ? datasetAt(asked, session) : checked.dataset;
  if (!dataset) {
    return {
      problem: 'There is no dataset beside or above this file: open one, and select a record in it.',
    };
  }
  const source = asked
    ? (recordAt(asked, dataset)?.source ?? null)
    : exampleRecord(checked.prompt, dataset.pipeline);
  if (source) return { checked, dataset, source };
  const isNamed = asked !== null && 'id' in asked;
  return {
    problem: isNamed ? `The dataset no longer has the record ${asked.id}.` : 'No record stands there.',
  };
}

/**
 * Like `promptRecord`, for what cannot do without.
 * @throws Error with one sentence
 */
export function requirePromptRecord(uri: string, asked: RecordReference, session: Session): PromptRecord {
  const found = promptRecord(uri, asked, session);
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

function datasetAt({ dataset }: RecordReference, { datasets }: Session): Dataset | null {
  try {
    return datasets.get(dataset);
  } catch {
    return null;
  }
}

/** The chunk of the record that is meant; null when there is none. */
export function recordAt(asked: RecordReference, { document }: Dataset): Chunk | null {
  const index =
    'id' in asked ? document.find(asked.id) : document.chunkIndexAt(document.offsetAt(asked.position));
  return index === undefined ? null : (document.chunks[index] ?? null);
}
