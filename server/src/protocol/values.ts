/** Plain values on the wire, as JSON. */

/** A zero-based line and a zero-based UTF-16 column, as the Language Server Protocol has it. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A share between 0 and 1 with the count it was taken of and its 95 % interval. */
export interface Share {
  readonly count: number;
  readonly n: number;
  readonly value: number;
  readonly interval: readonly [number, number];
}

/** How many findings of each severity. */
export interface SeverityCounts {
  readonly error: number;
  readonly warning: number;
  readonly information: number;
  readonly hint: number;
}
