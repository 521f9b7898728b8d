/** Rationales where the user wants them: in the records themselves, or as lines of a file. */
import type { Pipeline } from '../pipeline.ts';
import { type FieldEdit, setField } from '../records/set-field.ts';
import type { Chunk, RecordSource } from '../records/types.ts';
import { choiceLetter } from '../text.ts';
import { digestOf, type Rationale, type RecordRationale } from './rationales.ts';

/** Name of the field that rationales are written to. */
const RATIONALE_FIELD = 'rationale';

/** A change to a record's chunk that writes its rationale. */
export interface RationaleEdit extends FieldEdit {
  /** Of the record's chunk. */
  readonly index: number;
  readonly recordId: string;
}

export interface RationaleEdits {
  readonly edits: readonly RationaleEdit[];
  /** Ids of records whose rationale a person wrote or changed; they are left, unless they are to be replaced. */
  readonly handEdited: readonly string[];
  /** Records that have this very rationale already. */
  readonly unchanged: number;
}

/** What has to be written into the dataset's own records. @param replace what a person wrote too */
export function rationaleEdits(
  { document }: Pipeline,
  found: readonly RecordRationale[],
  replace: boolean,
): RationaleEdits {
  const edits: RationaleEdit[] = [];
  const handEdited: string[] = [];
  let unchanged = 0;
  for (const { recordId, rationale } of found) {
    const index = document.find(recordId);
    const chunk = index === undefined ? undefined : document.chunks[index];
    if (!rationale || index === undefined || !chunk?.source) continue;
    const there = fieldOf(chunk);
    if (there !== undefined && isHandWritten(there)) {
      handEdited.push(recordId);
      if (!replace) continue;
    }
    if (JSON.stringify(there) === JSON.stringify(rationale)) unchanged++;
    else edits.push({ index, recordId, ...setField(chunk.text, chunk.source, RATIONALE_FIELD, rationale) });
  }
  return { edits, handEdited, unchanged };
}

function fieldOf({ text, source }: Chunk): unknown {
  const place = source?.fields.get(RATIONALE_FIELD)?.value;
  return place && JSON.parse(text.slice(place.start, place.end));
}

/** A rationale that is not word for word what was generated once. */
function isHandWritten(value: unknown): boolean {
  const { text, digest } = (value ?? {}) as Partial<Rationale>;
  return typeof text !== 'string' || digest !== digestOf(text);
}

/** The document's text with the edits made. */
export function withEdits({ document }: Pipeline, edits: readonly RationaleEdit[]): string {
  const { text } = document;
  let end = 0;
  const pieces = edits
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, span, newText }) => {
      const start = document.startOf(index);
      const piece = text.slice(end, start + span.start) + newText;
      end = start + span.end;
      return piece;
    });
  return pieces.join('') + text.slice(end);
}

/** Files of lines that rationales can go to, in place of the records. */
export type LinesTarget = 'llava-cot' | 'jsonl';

/**
 * The text of such a file: lines in the style of LLaVA-CoT's training file, of the records with a rationale; or a line
 * for every record, so that the pass rate of each is kept.
 *
 * @param beside an image's path as the file says it
 */
export function rationaleLines(
  pipeline: Pipeline,
  found: readonly RecordRationale[],
  to: LinesTarget,
  beside: (image: string) => string,
): { readonly text: string; readonly count: number } {
  const lines =
    to === 'jsonl'
      ? found.map(sideLine)
      : found.filter(({ rationale }) => rationale).map((one) => llavaCotLine(pipeline, one, beside));
  return { text: lines.map((line) => `${JSON.stringify(line)}\n`).join(''), count: lines.length };
}

function sideLine({ recordId, rationale, passed, of }: RecordRationale) {
  return { id: recordId, passed, of, ...(rationale ?? { text: null }) };
}

/** The question as the human's turn, the rationale as the model's. */
function llavaCotLine(
  { document, surroundings }: Pipeline,
  { recordId, rationale }: RecordRationale,
  beside: (image: string) => string,
) {
  const chunk = document.chunks[document.find(recordId) as number] as Chunk;
  const { record } = chunk.source as RecordSource;
  const facts = surroundings.image(record);
  const image = facts.state === 'ok' ? beside(facts.path) : null;
  const options = record.choices.map((choice, i) => `(${choiceLetter(i)}) ${choice}`).join(' ');
  const asked = [record.question, record.hint, options && `Choices: ${options}`].filter(Boolean).join('\n');
  const { text, ...provenance } = rationale as Rationale;
  return {
    id: recordId,
    ...(image === null ? {} : { image }),
    conversations: [
      { from: 'human', value: `${image === null ? '' : '<image>\n'}${asked}` },
      { from: 'gpt', value: text },
    ],
    provenance,
  };
}
