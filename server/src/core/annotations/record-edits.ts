import type { Fix, RecordContext } from './types.ts';

/**
 * Takes the record out of the file, with the comma or line end behind it.
 *
 * @returns no fix for the last record of an object or list: the comma before it is not its own
 */
export function dropRecord({ text, source, layout }: RecordContext): Fix[] {
  const behind = text.slice(source.span.end).trim();
  if (layout !== 'jsonl' && behind !== ',') return [];
  return [{ title: 'Drop this record', edits: [{ span: { start: 0, end: text.length }, newText: '' }] }];
}
