import type { Expression } from './expressions.ts';

/** There is no such state: no text of the grammar begins like this. */
export const DEAD = -1;
const UNKNOWN = -2;
/** What a text is filled up with where any character will do. */
const FILLER = '.'.charCodeAt(0);

/** An automaton for whoever has none of its code. */
export interface AutomatonTable {
  /** By byte: its class. */
  readonly classes: readonly number[];
  /** By state and class: the state behind; `DEAD` where there is none. */
  readonly steps: readonly (readonly number[])[];
  /** States in which the text may end. The first state is 0. */
  readonly ends: readonly number[];
  /** By state: the first byte of a shortest way to an end; null at one, or where the way is not known. */
  readonly waysOut: readonly (number | null)[];
}

/** The texts of a grammar, byte by byte. States are numbers, worked out when they are first reached. */
export class Automaton {
  readonly start = 0;
  private readonly states: Expression[];
  private readonly numbers: Map<number, number>;
  /** By state and class of bytes. */
  private readonly steps: Int32Array[] = [];
  /** Bytes that no part of the grammar tells apart are of one class. */
  private readonly classes: Uint8Array;
  /** A byte of each class; the first is the one that texts are filled up with. */
  private readonly bytes: readonly number[];

  /** @param sets every set of bytes that the expression is made of */
  constructor(expression: Expression, sets: Iterable<ReadonlySet<number>>) {
    this.states = [expression];
    this.numbers = new Map([[expression.id, 0]]);
    const all = [...sets];
    const nameOf = (byte: number) => all.map((set) => (set.has(byte) ? '1' : '0')).join('');
    // The filler goes before the others, so that its class is the first.
    const order = [FILLER, ...Array.from({ length: 256 }, (_, byte) => byte)];
    const groups = [...Map.groupBy(order, nameOf).values()];
    this.bytes = groups.map(([first]) => first as number);
    this.classes = new Uint8Array(256);
    for (const [number, group] of groups.entries()) for (const byte of group) this.classes[byte] = number;
  }

  /** The state behind a byte, or `DEAD`. */
  next(state: number, byte: number): number {
    return this.step(state, this.classes[byte] as number);
  }

  /** Whether the text may end here. */
  accepts(state: number): boolean {
    return (this.states[state] as Expression).mayEnd;
  }

  /** The first byte of a shortest way to an end; null at one, or where the way is not known. */
  wayOut(state: number): number | null {
    const { least, mayEnd } = this.states[state] as Expression;
    if (mayEnd) return null;
    const left = (number: number) => {
      const next = this.step(state, number);
      return next === DEAD ? Number.POSITIVE_INFINITY : (this.states[next] as Expression).least;
    };
    const number = this.bytes.findIndex((_, one) => left(one) < least);
    return number === -1 ? null : (this.bytes[number] as number);
  }

  /** All of it, with every state worked out. */
  table(): AutomatonTable {
    const classes = Array.from(this.classes);
    const steps: number[][] = [];
    // States are found while those before them are stepped from.
    for (let state = 0; state < this.states.length; state++)
      steps.push(this.bytes.map((_, number) => this.step(state, number)));
    const states = Array.from(steps.keys());
    return {
      classes,
      steps,
      ends: states.filter((state) => this.accepts(state)),
      waysOut: states.map((state) => this.wayOut(state)),
    };
  }

  private step(state: number, number: number): number {
    let steps = this.steps[state];
    if (!steps) {
      steps = new Int32Array(this.bytes.length).fill(UNKNOWN);
      this.steps[state] = steps;
    }
    let next = steps[number] as number;
    if (next === UNKNOWN) {
      next = this.numberOf((this.states[state] as Expression).behind(this.bytes[number] as number));
      steps[number] = next;
    }
    return next;
  }

  private numberOf(expression: Expression): number {
    if (expression.least === Number.POSITIVE_INFINITY) return DEAD;
    let number = this.numbers.get(expression.id);
    if (number === undefined) {
      number = this.states.length;
      this.states.push(expression);
      this.numbers.set(expression.id, number);
    }
    return number;
  }
}
