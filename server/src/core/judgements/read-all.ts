import { READERS } from './readers/index.ts';
import type { ReaderInput } from './readers/reader.ts';
import type { Reading } from './types.ts';

/** An output to be read by every reader. */
export interface ReadAllInput extends ReaderInput {
  /** The gold choice, zero-based; null or out of range when the record has none. */
  readonly answer: number | null;
}

/** What one reader made of a set of outputs; the shares follow from the counts. */
export interface ReaderCounts {
  /** The reader's name and version, as in `Reading.reader`. */
  readonly reader: string;
  /** Outputs in all. */
  readonly n: number;
  /** Outputs from which a choice was read. */
  readonly mapped: number;
  /** Outputs whose record has a gold answer. */
  readonly graded: number;
  /** Graded outputs that were read as the gold answer. */
  readonly correct: number;
}

/** One output, with what each reader made of it. */
export interface ReadByAll {
  /** Its place in the set, from 0. */
  readonly row: number;
  /** By the id of the reader, in the order of the table. */
  readonly readings: Readonly<Record<string, Reading>>;
}

export interface AllReadings {
  /** By the id of the reader, in the order of the table. */
  readonly counts: Readonly<Record<string, ReaderCounts>>;
  /** The outputs that not all readers read alike; no choice is a reading too. */
  readonly differing: readonly ReadByAll[];
}

/** Reads every output with every reader. */
export function readAll(inputs: readonly ReadAllInput[]): AllReadings {
  const rows = inputs.map((input, row) => ({
    row,
    readings: Object.fromEntries(READERS.map((reader) => [reader.id, reader.read(input)])),
  }));
  const counts = READERS.map(({ id, version }) => {
    const choices = rows.map(({ readings }) => readings[id]!.choice);
    const graded = inputs.map(
      ({ answer, choices: { length } }) => answer !== null && answer >= 0 && answer < length,
    );
    return [
      id,
      {
        reader: `${id} ${version}`,
        n: inputs.length,
        mapped: choices.filter((choice) => choice !== null).length,
        graded: graded.filter(Boolean).length,
        correct: inputs.filter(({ answer }, row) => graded[row] && choices[row] === answer).length,
      },
    ] as const;
  });
  const differing = rows.filter(
    ({ readings }) => new Set(Object.values(readings).map(({ choice }) => choice)).size > 1,
  );
  return { counts: Object.fromEntries(counts), differing };
}
