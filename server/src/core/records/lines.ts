/** Line ends as the Language Server Protocol counts them: `\n`, `\r\n` and a lone `\r`. */

const LF = 10;
const CR = 13;

export function isLineEnd(code: number): boolean {
  return code === LF || code === CR;
}

/** The offset after the line end at `offset`, or `offset` when none stands there. */
export function afterLineEnd(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  if (code === LF) return offset + 1;
  if (code !== CR) return offset;
  return text.charCodeAt(offset + 1) === LF ? offset + 2 : offset + 1;
}

/** Offsets after each line end of the text; the start of the text itself is not one of them. */
export function lineStarts(text: string): number[] {
  const starts: number[] = [];
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let i = 0; i < text.length; i++) {
    if (isLineEnd(text.charCodeAt(i))) {
      i = afterLineEnd(text, i) - 1;
      starts.push(i + 1);
    }
  }
  return starts;
}

/** How many lines end in the text: the length of `lineStarts`, without the list. */
export function countLineEnds(text: string): number {
  if (text.includes('\r')) return lineStarts(text).length;
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** The number of values in the sorted list that are at most `limit`. */
export function countUpTo(values: ArrayLike<number>, limit: number, length = values.length): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
