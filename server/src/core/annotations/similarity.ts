import type { Similar } from '../records/similar.ts';
import type { RecordSource } from '../records/types.ts';
import { quote } from '../text.ts';
import type { Threshold } from './types.ts';

/**
 * From which similarity on records are reported. At 0.8, 90 of the 91 records reported in ScienceQA's validation set
 * ask the same with another name or another wrong choice; below, more and more ask something else.
 */
export const SIMILARITY: Threshold = {
  default: 0.8,
  what: 'The share of three-word phrases of question, context and choices that two records have in common (Jaccard similarity) from which on they are reported.',
  minimum: 0.7,
  maximum: 1,
};

/** The message with the line, counted from 1, on which the other record stands. */
export function withLine(message: string, { record }: RecordSource, line: number): string {
  const name = quote(record.id, 40);
  const at = message.indexOf(name) + name.length;
  return `${message.slice(0, at)} (line ${line})${message.slice(at)}`;
}

/** In how far two records are alike, for a message. */
export function howAlike({ similarity, sameAnswer }: Similar): string {
  if (!sameAnswer) return 'they ask the same and have different answers';
  if (similarity === 1) return 'they ask the same';
  // Rounded down, so that only what differs in nothing is 100 %.
  return `${Math.floor(100 * similarity)} % of their phrases are the same`;
}
