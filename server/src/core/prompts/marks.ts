/**
 * Texts that say of which variables their parts were made. They go through rendering like any text, and are taken
 * apart at the end.
 */

/** A piece of a text of a prompt. */
export interface Segment {
  readonly text: string;
  /** The variables that it was made of; empty: the template's own words. */
  readonly names: readonly string[];
}

// Unicode noncharacters, as for roles and images.
const OPEN = '\uFDD2';
const BEGIN = '\uFDD3';
const CLOSE = '\uFDD4';
const ROLE_OR_IMAGE = /(\uFDD0[^\uFDD1]*\uFDD1)/;
const MARKED = new RegExp(`${OPEN}([^${BEGIN}]*)${BEGIN}([^${CLOSE}]*)${CLOSE}`, 'g');

/** The text with the names of what it was made of. Roles and images in it stay outside of the marks. */
export function marked(text: string, names: readonly string[]): string {
  const mark = (part: string) =>
    part === '' || ROLE_OR_IMAGE.test(part) ? part : `${OPEN}${names.join()}${BEGIN}${part}${CLOSE}`;
  return names.length === 0 ? text : text.split(ROLE_OR_IMAGE).map(mark).join('');
}

/** Takes a text with marks apart. */
export function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKED)) {
    const [whole, names = '', value = ''] = match;
    if (match.index > end) segments.push({ text: text.slice(end, match.index), names: [] });
    segments.push({ text: value, names: names.split(',') });
    end = match.index + whole.length;
  }
  if (end < text.length) segments.push({ text: text.slice(end), names: [] });
  return segments;
}

/** The text without marks. */
export function unmarked(text: string): string {
  return text.includes(OPEN) ? text.replace(MARKED, '$2') : text;
}

/** Like `trim`, as if there were no marks. */
export function trimMarked(text: string): string {
  if (!text.includes(OPEN)) return text.trim();
  const plain = unmarked(text);
  let skip = plain.length - plain.trimStart().length;
  let left = plain.trim().length;
  const kept = segmentsOf(text).map((segment) => {
    const from = Math.min(skip, segment.text.length);
    const part = segment.text.slice(from, from + left);
    skip -= from;
    left -= part.length;
    return marked(part, segment.names);
  });
  return kept.join('');
}
