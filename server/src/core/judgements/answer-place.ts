import { explanationIn } from '../json-output.ts';
import type { OutputFormat } from '../prompts/types.ts';
import type { Rationale } from '../rationales/types.ts';
import type { Span } from '../span.ts';

/** Where an output gives its reasons and where, behind them, it begins to name its answer. Spans lie in the output. */
export interface AnswerPlace {
  readonly reasoning: Span;
  /** What the format has directly before the answer: `<CONCLUSION>`, `"answer": "`, `Answer:`. */
  readonly label: Span;
  /** Where the answer begins; only white space is between. */
  readonly answer: number;
}

const JSON_LABEL = /"answer"\s{0,8}:\s{0,8}"/gi;
const LINE_LABEL = /^[ \t]*Answer:/gim;

/** Null when the output has no reasoning, or none before its answer, or does not name its answer as the format asks. */
export function answerPlace(output: string, rationale: Rationale, format: OutputFormat): AnswerPlace | null {
  const found = PLACES[format](output, rationale);
  const isEmpty = !found || output.slice(found.reasoning.start, found.reasoning.end).trim() === '';
  return isEmpty || found.label.start < found.reasoning.end ? null : found;
}

const PLACES: Readonly<Record<OutputFormat, (output: string, rationale: Rationale) => AnswerPlace | null>> = {
  stages(_output, { byName: { reasoning, conclusion } }) {
    if (!reasoning || !conclusion) return null;
    return { reasoning: reasoning.span, label: conclusion.openTag, answer: conclusion.span.start };
  },
  json(output) {
    const reasoning = explanationIn(output);
    const label = reasoning && labelBehind(output, JSON_LABEL, reasoning.end);
    return label && { reasoning, label, answer: label.end };
  },
  letter(output) {
    const label = labelBehind(output, LINE_LABEL, 0);
    if (!label) return null;
    const answer = label.end + (/\S/.exec(output.slice(label.end))?.index ?? 0);
    return { reasoning: { start: 0, end: output.slice(0, label.start).trimEnd().length }, label, answer };
  },
};

/** The last such label from an offset on. */
function labelBehind(output: string, label: RegExp, from: number): Span | null {
  const match = [...output.matchAll(label)].findLast(({ index }) => index >= from);
  return match ? { start: match.index, end: match.index + match[0].length } : null;
}
