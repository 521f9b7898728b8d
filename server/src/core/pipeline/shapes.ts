/** What a text is, told by what its first records look like. */
import { shapeOf } from '../models/output-fields.ts';
import type { DatasetDocument } from '../records/document.ts';
import type { Chunk, RecordSource } from '../records/types.ts';

export type Shape = ReturnType<typeof shapeOf>;

/** A dataset shows what it is within this many records; other large JSON is not read to its end. */
const TELLING_RECORDS = 200;

/** What the first records look like, held against the outputs of evaluation tools. Their fields' names tell. */
export function shapeOfFirst(document: DatasetDocument): Shape {
  const rows: Record<string, true>[] = [];
  for (const { chunk } of document.records()) {
    const { source } = chunk;
    if (source) rows.push(namesIn(chunk, source));
    if (rows.length === TELLING_RECORDS) break;
  }
  return shapeOf(rows);
}

/**
 * True when one of the first records has both a question and choices, of whatever type, or is a conversation with
 * a reply. Outputs may repeat the conversation that asked for them, and are none the less outputs.
 */
export function looksLikeDataset(document: DatasetDocument): boolean {
  let looked = 0;
  for (const { chunk } of document.records()) {
    if (chunk.source && isOfDataset(chunk, chunk.source)) return true;
    if (++looked === TELLING_RECORDS) break;
  }
  return false;
}

function isOfDataset(chunk: Chunk, source: RecordSource): boolean {
  const { record, fields } = source;
  if (!fields.has('question')) return false;
  if (!record.conversation) return fields.has('choices');
  return fields.has('solution') && shapeOf([namesIn(chunk, source)]) !== 'outputs';
}

/** The names of a record's fields, each with true; its key counts as an id. */
function namesIn({ text }: Chunk, { fields, span }: RecordSource): Record<string, true> {
  const names = Array.from(fields.keys(), (name) => [name, true as const]);
  return Object.fromEntries(text[span.start] === '"' ? [...names, ['id', true]] : names);
}
