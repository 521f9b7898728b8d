import type { Rationale, StageName } from '../rationales/types.ts';
import type { Span } from '../span.ts';

/** A piece of a raw output with what it is. The pieces of an output make it up. */
export interface OutputPiece {
  readonly text: string;
  /** The stage that it belongs to; null: none. */
  readonly stage: StageName | null;
  readonly isTag: boolean;
  /** Whether the answer was read from it. */
  readonly isEvidence: boolean;
}

/** Takes a raw output apart for showing it. @param evidence what the answer was read from; null when none was read */
export function outputPieces(output: string, { stages }: Rationale, evidence: Span | null): OutputPiece[] {
  const parts = stages.flatMap(({ name, span, openTag, closeTag }) => [
    { stage: name, isTag: true, span: openTag },
    { stage: name, isTag: false, span: { start: openTag.end, end: closeTag?.start ?? span.end } },
    ...(closeTag ? [{ stage: name, isTag: true, span: closeTag }] : []),
  ]);
  const cuts = [...parts.map(({ span }) => span), ...(evidence ? [evidence] : [])];
  const places = new Set([0, output.length, ...cuts.flatMap(({ start, end }) => [start, end])]);
  const sorted = [...places].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => {
    const start = sorted[index] as number;
    const part = parts.find(({ span }) => span.start <= start && end <= span.end);
    const isEvidence = evidence !== null && evidence.start <= start && end <= evidence.end;
    return {
      text: output.slice(start, end),
      stage: part?.stage ?? null,
      isTag: part?.isTag ?? false,
      isEvidence,
    };
  });
}
