import { readOutputs } from '../core/pipeline.ts';
import { DatasetDocument } from '../core/records/document.ts';
import type { RecordSource } from '../core/records/types.ts';
import type { Span } from '../core/span.ts';
import type { Place } from './formats/place.ts';

/** Where characters of an output's text stand in its file; the whole of it when no span is given. */
export type OutputPlace = (row: number, outputSpan?: Span) => Place;

/**
 * Finds the place of every output of a file.
 * @param file As the user wrote it.
 * @param field The field that holds the raw output.
 * @returns By the row in the file. A row that cannot be found again stands at its line.
 */
export function outputPlaces(file: string, text: string, field: string): OutputPlace {
  const document = DatasetDocument.create(text);
  const rangeOf = (start: number, end: number) => ({
    start: document.positionAt(start),
    end: document.positionAt(end),
  });
  const places = new Map<number, (span?: Span) => Place>();
  let next = 0;
  for (const [index, chunk] of document.chunks.entries()) {
    const base = document.startOf(index);
    // A line that cannot be read is a row all the same.
    const row = document.layout === 'jsonl' ? document.positionAt(base + firstCharacter(chunk)).line : next;
    const { outputs } = readOutputs(chunk, field, row);
    for (const output of outputs) {
      places.set(output.output.row, (outputSpan) => {
        const { start, end } = output.place(outputSpan);
        return { file, range: rangeOf(base + start, base + end) };
      });
    }
    next += chunk.source ? 1 : outputs.length;
  }
  const line = (row: number) => ({
    start: { line: row, character: 0 },
    end: { line: row, character: 0 },
  });
  return (row, outputSpan) => places.get(row)?.(outputSpan) ?? { file, range: line(row) };
}

function firstCharacter({ source }: { readonly source: RecordSource | null }): number {
  return source?.span.start ?? 0;
}
