import type { Span } from '../span.ts';

/** Where two templates first part. */
export interface Difference {
  /** Of the first template: the rest of the line from where they part; empty where it is at its end. */
  readonly span: Span;
  /** The line in which they part, as each has it; empty past the end. */
  readonly here: string;
  readonly there: string;
}

/**
 * Where two templates first say something else; null when both make the same of every record. Line ends, and white
 * space at the end of all, make no difference.
 */
export function firstDifference(template: string, other: string): Difference | null {
  const [here, there] = [linesOf(template), linesOf(other)];
  const line = here.findIndex((text, index) => text !== there[index]);
  if (line === -1 && here.length >= there.length) return null;
  const index = line === -1 ? here.length : line;
  const [mine = '', theirs = ''] = [here[index], there[index]];
  const start = offsetOfLine(template, index);
  const common = commonStart(mine, theirs);
  const [first, end] = [
    Math.min(start + common, template.length),
    Math.min(start + mine.length, template.length),
  ];
  return { span: { start: Math.min(first, end), end }, here: mine, there: theirs };
}

/** How much two templates have in common: characters of lines that stand in both. */
export function likeness(template: string, other: string): number {
  const lines = new Set(linesOf(other));
  return linesOf(template).reduce((sum, line) => sum + (lines.has(line) ? line.length : 0), 0);
}

function linesOf(template: string): string[] {
  return template.trimEnd().split(/\r?\n/);
}

function offsetOfLine(text: string, line: number): number {
  let at = 0;
  for (let i = 0; i < line; i++) {
    const end = text.indexOf('\n', at);
    if (end === -1) return text.length;
    at = end + 1;
  }
  return at;
}

function commonStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}
