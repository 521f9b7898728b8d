import type { Span } from '../span.ts';
import { ownTurns } from '../turn.ts';
import { type Rationale, STAGE_NAMES, type Stage, type StageName } from './types.ts';

/** An opening or closing stage tag; `<\/CAPTION>` is how a JSON string may write the closing one. */
const TAG = new RegExp(String.raw`<\s?(\\?/)?\s?(${STAGE_NAMES.join('|')})\s?>`, 'gi');

interface Tag {
  readonly name: StageName;
  readonly closes: boolean;
  readonly span: Span;
}

/**
 * Takes a raw output apart into its tagged stages. Tags may be in any case and order, repeated or unclosed;
 * a stage that is never closed ends at the next stage tag or at the end of the model's own turn: stages of other
 * turns are none of its rationale. What stands outside of any stage is left alone, and so is everything inside
 * one: JSON in a conclusion is the reader's affair.
 */
export function parseRationale(output: string): Rationale {
  const turns = ownTurns(output);
  const turn = turns.find((own) => findTags(output, own).length > 0) ?? turns[0]!;
  const tags = findTags(output, turn);
  const stages: Stage[] = [];
  tags.forEach((tag, i) => {
    if (tag.closes) return;
    const next = tags[i + 1];
    const closeTag = next?.closes && next.name === tag.name ? next.span : null;
    const span = trimmed(output, { start: tag.span.end, end: next ? next.span.start : turn.end });
    stages.push({
      name: tag.name,
      text: output.slice(span.start, span.end),
      span,
      openTag: tag.span,
      closeTag,
    });
  });
  const byName: Partial<Record<StageName, Stage>> = {};
  for (const stage of stages) byName[stage.name] ??= stage;
  return { stages, byName };
}

function findTags(output: string, turn: Span): Tag[] {
  return Array.from(output.slice(turn.start, turn.end).matchAll(TAG), (match) => ({
    name: match[2]!.toLowerCase() as StageName,
    closes: match[1] !== undefined,
    span: { start: turn.start + match.index, end: turn.start + match.index + match[0].length },
  }));
}

/** `span` without the white space at either end; empty at its own start when there is nothing else. */
function trimmed(text: string, span: Span): Span {
  const inner = text.slice(span.start, span.end);
  const start = span.start + (inner.length - inner.trimStart().length);
  return start === span.end
    ? { start: span.start, end: span.start }
    : { start, end: span.start + inner.trimEnd().length };
}
