/** The vocabulary of the matrix. */
import type { Positions } from '../metrics/positions.ts';
import type { Share } from '../metrics/types.ts';
import type { Decoding, ModelCard } from '../models/types.ts';
import type { PromptAxes, PromptCell } from '../prompts/grid.ts';
import type { Sample } from '../records/sample.ts';
import type { NamedPrompt } from './types.ts';

export interface MatrixOptions {
  readonly prompt: NamedPrompt;
  readonly models: readonly ModelCard[];
  readonly axes: PromptAxes;
  readonly decoding: Decoding;
  /** Null: every record. */
  readonly split: string | null;
  /** Null: every record of the split. */
  readonly sample: Sample | null;
  /** Whether cells that cannot win are stopped early. */
  readonly racing: boolean;
  /** Variations of the records under which every cell is run as well, by name. */
  readonly variations: readonly string[];
}

/** One cell: a model and a way of asking it. */
export interface MatrixCell extends PromptCell {
  readonly model: string;
}

/** `stopped`: by the race; `failed`: it cannot be asked. */
export type CellState = 'waiting' | 'running' | 'done' | 'stopped' | 'failed';

/** What a cell has come to. */
export interface CellResult {
  readonly cell: MatrixCell;
  readonly state: CellState;
  /** One sentence, for cells that were stopped or failed. */
  readonly why: string | null;
  /** A stored run like any other; empty when the cell cannot be asked. */
  readonly runId: string;
  /** Records answered, and records of the sample. */
  readonly n: number;
  readonly total: number;
  readonly accuracy: Share;
  readonly coverage: Share;
  readonly contradictions: Share;
  /** Requests that failed, which count as wrong; and what the first of them says. */
  readonly failed: number;
  readonly failure: string | null;
  /** Means of a record, all queries of a strategy together. */
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Null when nothing was generated: all of it was known already. */
  readonly secondsPerRecord: number | null;
  /** Of all its requests; null where nothing is paid. */
  readonly cost: number | null;
  /** Why its accuracy is no fair claim, in a sentence; null when it is one. */
  readonly unfair: string | null;
  /** Whether it is the best fair cell of its model. */
  readonly isBest: boolean;
  /** Exact McNemar test against the best fair cell of its model, on shared records; null for that one, and before it is known. */
  readonly pAgainstBest: number | null;
  readonly positions: Positions;
  /** By the name of a variation. */
  readonly variations: Readonly<Record<string, VariedResult>>;
}

/** The same cell on records that were changed. */
export interface VariedResult {
  readonly runId: string;
  readonly accuracy: Share;
  /** Of the records that both answered, those that are answered otherwise. */
  readonly changed: Share;
  /** Of the same records, those that are answered with the choice at the same position, where choices have moved. */
  readonly samePosition: Share | null;
  readonly positions: Positions;
}

export interface MatrixProgress {
  /** Id of the cell at work, and its model. */
  readonly cell: string;
  readonly model: string;
  /** What it is at: a variation, or a query before the one for the answer; empty for the answers themselves. */
  readonly part: string;
  /** Answers of the whole matrix. */
  readonly done: number;
  readonly total: number;
  readonly generated: number;
  /** Cells of which something else is known than before. */
  readonly changed: readonly CellResult[];
}

export interface MatrixResult {
  readonly prompt: string;
  readonly dataset: string;
  readonly split: string | null;
  readonly sample: Sample | null;
  readonly records: number;
  readonly axes: PromptAxes;
  readonly models: readonly string[];
  readonly cells: readonly CellResult[];
  /** What a reader must know to trust the numbers, in sentences. */
  readonly notes: readonly string[];
}
