import type {
  MatrixAxes,
  MatrixAxesResult,
  MatrixCellView,
  MatrixView,
  ModelRow,
  OutputReport,
  RecordOutcome,
  SplitsResult,
} from '../../../../server/src/protocol/messages.ts';

/** What the page of a matrix shows. */
export interface Model {
  /** Name of the prompt file. */
  readonly file: string;
  /** Name of the dataset; empty when there is none. */
  readonly dataset: string;
  /** Null: not known yet, or see `problem`. */
  readonly options: MatrixAxesResult | null;
  /** Why there can be no matrix, or why the last one failed. */
  readonly problem: string | null;
  readonly models: readonly ModelRow[];
  readonly splits: SplitsResult;
  /** Null: nothing runs. */
  readonly progress: { readonly message: string; readonly percentage: number } | null;
  readonly cells: readonly MatrixCellView[];
  /** Of the last matrix that came to its end or was stopped. */
  readonly result: Omit<MatrixView, 'cells' | 'tables'> | null;
  readonly opened: OpenedCell | null;
}

/** A cell whose failures are looked at. */
export interface OpenedCell {
  readonly cell: MatrixCellView['cell'];
  /** Those that were not answered correctly; null while they are being asked for. */
  readonly failing: readonly RecordOutcome[] | null;
  /** The record that is looked at. */
  readonly record: { readonly id: string; readonly output: OutputReport | null } | null;
}

/** What a person wants to have run. */
export interface MatrixWish {
  readonly models: readonly string[];
  readonly axes: MatrixAxes;
  /** Null: every record. */
  readonly split: string | null;
  readonly n: number;
  readonly seed: number;
  readonly racing: boolean;
  readonly constrained: boolean;
  readonly variations: readonly string[];
}

/** What a person does on it. */
export type Message =
  | { readonly type: 'run'; readonly wish: MatrixWish }
  | { readonly type: 'stop' }
  | { readonly type: 'openCell'; readonly model: string; readonly id: string }
  | { readonly type: 'closeCell' }
  | { readonly type: 'openRecord'; readonly id: string }
  | { readonly type: 'showRule'; readonly rule: string }
  | { readonly type: 'saveBest' }
  | { readonly type: 'export'; readonly format: 'csv' | 'json' | 'markdown' };
