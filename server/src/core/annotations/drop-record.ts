import type { DatasetDocument } from '../records/document.ts';
import type { Span } from '../span.ts';
import type { Fix, RecordContext } from './types.ts';

/** A change to the whole document. */
export interface DocumentEdit {
  readonly span: Span;
  readonly newText: string;
}

/**
 * The edits that take a record out of its dataset, with the comma that stood between it and its neighbours.
 *
 * @param index of the record's chunk
 */
export function dropRecord(document: DatasetDocument, index: number): DocumentEdit[] {
  const span = { start: document.startOf(index), end: document.startOf(index + 1) };
  const isLast = !document.chunks.slice(index + 1).some(({ source }) => source !== null);
  const edits = [{ span, newText: '' }];
  if (document.layout === 'jsonl' || !isLast) return edits;
  const before = document.chunks.slice(0, index).findLastIndex(({ source }) => source !== null);
  const source = document.chunks[before]?.source;
  if (!source) return edits;
  // Only white space and the comma stand behind a record in its chunk.
  const { text } = document.chunks[before] as { text: string };
  const comma = text.indexOf(',', source.span.end);
  if (comma === -1) return edits;
  const start = document.startOf(before) + comma;
  return [{ span: { start, end: start + 1 }, newText: '' }, ...edits];
}

/**
 * The same as a rule's fix, which cannot reach beyond its record's chunk: none for the last record of an object
 * or list, since the comma before it is not its own.
 */
export function dropRecordFix({ text, source, layout }: RecordContext): Fix[] {
  const behind = text.slice(source.span.end).trim();
  if (layout !== 'jsonl' && behind !== ',') return [];
  return [{ title: 'Drop this record', edits: [{ span: { start: 0, end: text.length }, newText: '' }] }];
}
