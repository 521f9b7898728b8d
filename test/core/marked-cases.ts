import { readFileSync } from 'node:fs';

/** One example of a file of cases: `=== name | around`, the marked text, and `--- title` before what a fix leaves. */
export interface MarkedCase {
  readonly name: string;
  /** What stands behind the bar: the surroundings, in the words of the rules concerned; empty when nothing does. */
  readonly around: string;
  readonly marked: string;
  readonly fix: { readonly title: string; readonly after: string } | null;
}

/** Reads a file of cases. */
export function readMarkedCases(path: string): MarkedCase[] {
  return readFileSync(path, 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [head = '', ...lines] = part.replace(/\n$/, '').split('\n');
      const [name = '', around = ''] = head.split(' | ');
      const [marked = '', fix] = lines.join('\n').split(/^--- /m);
      const [title = '', ...after] = fix?.split('\n') ?? [];
      return {
        name,
        around,
        marked: fix === undefined ? marked : marked.replace(/\n$/, ''),
        fix: fix === undefined ? null : { title, after: after.join('\n') },
      };
    });
}
