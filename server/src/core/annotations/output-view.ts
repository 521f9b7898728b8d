/** What a person sees of one output in an outputs file. */
import type { Candidate } from '../judgements/types.ts';
import type { RecordSource } from '../records/types.ts';
import { choiceLetter, quote } from '../text.ts';
import { recordHover } from './hover.ts';
import { escapeMarkdown } from './markdown.ts';
import { choiceName } from './outputs.ts';
import { METHOD_WORDS, type ModelResult, VERDICT_MARKS, verdictWords } from './results.ts';

/** Characters of the evidence that are shown. */
const MOST_EVIDENCE = 200;

export interface OutputHoverInput {
  readonly source: RecordSource;
  readonly result: ModelResult;
  /** `file:` URI of the record's image; null when it has none or it cannot be shown. */
  readonly imageUri: string | null;
  /** The record as Markdown that leads to it: `[r5](file:///…#L12) of problems.json, by pid`. */
  readonly recordLink: string;
  readonly isReviewed: boolean;
  /** True when nobody but the outputs of the file says how they count the choices. */
  readonly isBaseAssumed: boolean;
  /** Where a rule's page is. */
  readonly ruleLink: (rule: string) => string;
}

/** An output as Markdown: its record, what was read from it and how, its stages, and what is wrong with it. */
export function outputHover(input: OutputHoverInput): string {
  const { source, result, imageUri, ruleLink, recordLink, isReviewed, isBaseAssumed } = input;
  const details = [
    ...readingLines(result, source, isBaseAssumed),
    `- *record:* ${recordLink}`,
    ...(isReviewed ? ['- *marked as read:* its findings are shown here alone'] : []),
  ];
  return recordHover({ source, imageUri, results: [result], ruleLink, details });
}

/** `B ✗`: what is shown behind an output. */
export function outputHint(result: ModelResult, source: RecordSource): { label: string; tooltip: string } {
  const { verdict, reading } = result.judgement;
  const letter = reading.choice === null ? '' : `${choiceLetter(reading.choice)} `;
  return { label: `${letter}${VERDICT_MARKS[verdict]}`, tooltip: verdictWords(result, source) };
}

function readingLines(
  { judgement, prediction }: ModelResult,
  { record }: RecordSource,
  isBaseAssumed: boolean,
): string[] {
  const { choice, method, confidence, candidates, span, indexBase, reader } = judgement.reading;
  const evidence = ({ start, end }: { start: number; end: number }) =>
    escapeMarkdown(quote(prediction.output.slice(start, end), MOST_EVIDENCE));
  const candidate = (found: Candidate) =>
    `- *can be read as:* ${escapeMarkdown(choiceName(record.choices, found.choice))}, from ${METHOD_WORDS[found.method]}: ${evidence(found.span)}`;
  if (choice === null || method === null) return candidates.map(candidate);
  const assumed = isBaseAssumed || indexBase?.source === 'assumed' ? ', which is assumed' : '';
  const counted = indexBase ? `, counted from ${indexBase.value}${assumed}` : '';
  const words = span ? `: ${evidence(span)}` : '';
  return [
    `- *read as:* ${escapeMarkdown(choiceName(record.choices, choice))}, from ${METHOD_WORDS[method]}${counted}${words} (confidence ${confidence}, reader ${escapeMarkdown(reader)})`,
  ];
}
