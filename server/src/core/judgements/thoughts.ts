/** Where a model thinks aloud before it answers: what it says there is no answer. */
import type { Span } from '../span.ts';

/** How thinking ends; its beginning is often in the prompt, and so not in the output. */
const CLOSES = /<\/(?:think|thinking|thought|thoughts|seed:think)>|◁\/think▷|\[\/THINK\]/gi;

/** The part of a turn behind its thinking; the whole turn where it does not think, or says nothing afterwards. */
export function behindThoughts(output: string, turn: Span): Span {
  const closing = [...output.slice(turn.start, turn.end).matchAll(CLOSES)].at(-1);
  const start = closing ? turn.start + closing.index + closing[0].length : turn.start;
  return output.slice(start, turn.end).trim() === '' ? turn : { start, end: turn.end };
}
