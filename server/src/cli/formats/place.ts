import type { Finding } from '../../core/annotations/types.ts';
import type { Position, Range, Span } from '../../core/span.ts';

/** Characters of a file. */
export interface Place {
  /** As the user wrote it. */
  readonly file: string;
  /** Zero-based, as in the Language Server Protocol. */
  readonly range: Range;
}

/** A finding with its file and lines. */
export interface LocatedFinding extends Place {
  readonly finding: Finding;
  /** Where the record stands: of a finding on an outputs file its own, of a likeness the other one. */
  readonly record?: Place;
}

/** Where the characters of a file's text stand. */
export function placeIn(file: string, text: string, { start, end }: Span): Place {
  return { file, range: { start: positionAt(text, start), end: positionAt(text, end) } };
}

function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length - 1, character: (lines.at(-1) as string).length };
}

/** `file:line:column`, counted from 1. */
export function placeText({ file, range }: Place): string {
  return `${file}:${range.start.line + 1}:${range.start.character + 1}`;
}

/** `file:line:column rule message`. */
export function findingLine(located: LocatedFinding): string {
  return `${placeText(located)} ${located.finding.rule} ${located.finding.message}`;
}
