import { type RawCell, resultsTable } from './table.ts';
import type { ReadTables } from './types.ts';

interface Line {
  readonly text: string;
  readonly start: number;
}

/** The line under the headings of a pipe table. */
const DELIMITERS = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** The pipe tables of a Markdown text (GitHub Flavored Markdown, section 4.10). Text in code fences is left alone. */
export function readMarkdownTables(text: string): ReadTables {
  const lines = linesOf(text);
  const tables: (readonly (readonly RawCell[])[])[] = [];
  let fence: string | null = null;
  for (let i = 0; i < lines.length; i++) {
    const { text: line } = lines[i] as Line;
    const mark = FENCE.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = null;
      continue;
    }
    if (mark) fence = mark;
    else if (line.includes('|') && DELIMITERS.test(lines[i + 1]?.text ?? '')) {
      const rows = [i];
      for (i += 2; lines[i]?.text.includes('|'); i++) rows.push(i);
      tables.push(rows.map((row) => cellsOf(lines[row] as Line)));
      i--;
    }
  }
  return { tables: tables.map(resultsTable), problems: [] };
}

function linesOf(text: string): Line[] {
  return [...text.matchAll(/([^\r\n]*)(?:\r\n|\r|\n|$)/g)].map((match) => ({
    text: match[1] as string,
    start: match.index,
  }));
}

/** The cells of a row; a pipe behind a backslash belongs to its cell. */
function cellsOf({ text, start }: Line): RawCell[] {
  const cells: RawCell[] = [];
  const open = /^\s*\|/.exec(text)?.[0].length ?? 0;
  const close = text.length - (/(?<!\\)\|\s*$/.exec(text)?.[0].length ?? 0);
  let from = open;
  for (let i = open; i <= close; i++) {
    if (i < close && (text[i] !== '|' || text[i - 1] === '\\')) continue;
    const written = text.slice(from, i);
    const left = from + written.length - written.trimStart().length;
    const trimmed = written.trim();
    cells.push({
      text: trimmed.replaceAll('\\|', '|'),
      span: { start: start + left, end: start + left + trimmed.length },
    });
    from = i + 1;
  }
  return cells;
}
