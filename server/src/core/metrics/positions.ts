/** Who stands where: choices by their position as they were shown, from the first on. */
export interface Positions {
  /** Answers that were read. */
  readonly n: number;
  /** Of these, how many name the choice at each position. */
  readonly chosen: readonly number[];
  /** How often the gold choice stands there, of the same records. */
  readonly gold: readonly number[];
  /** How many would name it if all positions of a record were as likely. */
  readonly even: readonly number[];
}

export interface PlacedAnswer {
  /** Zero-based, as shown; null when none was read. */
  readonly choice: number | null;
  readonly answer: number | null;
  readonly choices: number;
}

/** How often each position is answered, beside how often it should be. */
export function positions(answers: readonly PlacedAnswer[]): Positions {
  const read = answers.filter(({ choice }) => choice !== null);
  const most = Math.max(0, ...read.map(({ choices }) => choices));
  const count = (of: (answer: PlacedAnswer) => number | null) =>
    Array.from({ length: most }, (_, position) => read.filter((answer) => of(answer) === position).length);
  return {
    n: read.length,
    chosen: count(({ choice }) => choice),
    gold: count(({ answer }) => answer),
    even: Array.from({ length: most }, (_, position) =>
      read.reduce((sum, { choices }) => sum + (position < choices ? 1 / choices : 0), 0),
    ),
  };
}
