/** What client and server say to each other about prompt matrices. */
import type { Share } from './values.ts';

export interface MatrixAxesParams {
  /** URI of an open prompt file. */
  readonly prompt: string;
}

/** What is varied of a prompt file: every combination is a cell. */
export interface MatrixAxes {
  readonly settings: readonly (1 | 2 | 3 | 4)[];
  /** `as-written`, the prompt file alone, and names of strategies. */
  readonly strategies: readonly string[];
  readonly formats: readonly ('stages' | 'json' | 'letter')[];
  readonly orders: readonly ('answer-last' | 'answer-first')[];
}

export interface MatrixAxesResult {
  /** Every value of every axis. */
  readonly axes: MatrixAxes;
  /** Under which every cell can be run once more. */
  readonly variations: readonly { readonly id: string; readonly words: string }[];
  /** By which rule cells are stopped early. */
  readonly raceRule: string;
  /** What the prompt file says itself. */
  readonly own: {
    readonly setting: 1 | 2 | 3 | 4;
    readonly format: 'stages' | 'json' | 'letter';
    readonly split: string | null;
    readonly models: readonly string[];
  };
  /** URI of the dataset that the prompt file is for; null when there is none. */
  readonly dataset: string | null;
}

/**
 * Asks models in many ways on the same records; what was asked before is not asked again. Progress as for `annotate`;
 * cells come as `matrixProgress` under `partialToken` as their numbers change.
 */
export interface MatrixParams {
  /** The dataset. */
  readonly uri: string;
  /** URI of the prompt file, which is taken as the editor has it. */
  readonly prompt: string;
  readonly models: readonly string[];
  readonly axes: MatrixAxes;
  /** Null: every record. */
  readonly split: string | null;
  readonly sample: { readonly n: number; readonly seed: number };
  /** Whether cells that cannot win are stopped early. */
  readonly racing: boolean;
  /** Whether outputs are held to the format of their cell. */
  readonly constrained: boolean;
  /** Of the variations, by id. */
  readonly variations: readonly string[];
  readonly workDoneToken?: string | number;
  readonly partialToken?: string;
}

export interface MatrixView {
  readonly cancelled: boolean;
  /** Records of the sample. */
  readonly records: number;
  readonly split: string | null;
  readonly sample: { readonly n: number; readonly seed: number } | null;
  readonly cells: readonly MatrixCellView[];
  /** What a reader must know to trust the numbers, in sentences. */
  readonly notes: readonly string[];
  /** The best fair cell of all, as a prompt file. */
  readonly best: { readonly model: string; readonly cell: string; readonly text: string } | null;
  readonly tables: { readonly csv: string; readonly json: string; readonly markdown: string };
}

export interface MatrixCellView {
  readonly cell: {
    /** Another for each cell of a model. */
    readonly id: string;
    readonly model: string;
    readonly setting: number;
    readonly strategy: string;
    readonly format: string;
    /** Null where nothing is ordered. */
    readonly order: string | null;
  };
  readonly state: 'waiting' | 'running' | 'done' | 'stopped' | 'failed';
  /** One sentence, for cells that were stopped or failed. */
  readonly why: string | null;
  /** Empty when the cell cannot be asked. */
  readonly runId: string;
  readonly n: number;
  readonly total: number;
  readonly accuracy: Share;
  readonly coverage: Share;
  readonly contradictions: Share;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly secondsPerRecord: number | null;
  readonly cost: number | null;
  /** Why its accuracy is no fair claim, in a sentence; null when it is one. */
  readonly unfair: string | null;
  /** Whether it is the best fair cell of its model. */
  readonly isBest: boolean;
  /** Exact McNemar test against that one; null for it, and before it is known. */
  readonly pAgainstBest: number | null;
  readonly positions: PositionsView;
  /** By the id of a variation. */
  readonly variations: Readonly<
    Record<string, { readonly accuracy: Share; readonly changed: Share; readonly samePosition: Share | null }>
  >;
}

/** Counts by the position of a choice, from the first on, of answers that were read. */
export interface PositionsView {
  readonly n: number;
  readonly chosen: readonly number[];
  readonly gold: readonly number[];
}

export interface MatrixProgressParams {
  /** `MatrixParams.partialToken` */
  readonly token: string;
  /** Those that have changed. */
  readonly cells: readonly MatrixCellView[];
}
