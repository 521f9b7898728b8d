import type { Grammar, Piece } from '../../grammars/types.ts';
import type { Part } from '../strategies/strategy.ts';
import type { Order, OutputFormat } from '../types.ts';

/** A part of an output, written out. */
export interface WrittenPart {
  readonly name: Part['name'];
  readonly text: string;
}

/** How an output must look: what the model is told, and how a solved record shows it. */
export interface Format {
  readonly id: OutputFormat;
  /** What the model is told. `order` counts where there are parts. */
  request(parts: readonly Part[], order: Order): string;
  /** An output as it should be. */
  write(parts: readonly WrittenPart[], letter: string, order: Order): string;
  /** The parts that a template is taken to ask for when no strategy says which. */
  readonly usual: readonly Part['name'][];
  /** What an output must be, for a question whose choices have these letters. */
  grammar(parts: readonly Part['name'][], letters: readonly string[], order: Order): Grammar;
}

export function literal(text: string): Piece {
  return { kind: 'literal', text };
}

/** The parts with the answer where the order has it. */
export function inOrder<Item>(parts: readonly Item[], answer: Item, order: Order): Item[] {
  return order === 'answer-first' ? [answer, ...parts] : [...parts, answer];
}
