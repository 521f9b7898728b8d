import type {
  CompareWithHeadResult,
  ModelRow,
  OutputReport,
  PromptRecord,
  PromptTokens,
  PromptView,
  RunMetrics,
  SplitsResult,
} from '../../../../server/src/protocol/messages.ts';

/** What the preview shows. */
export interface Model {
  /** Name of the prompt file. */
  readonly file: string;
  readonly record: PromptRecord | null;
  /** The last that could be rendered; image parts hold what the page may load. */
  readonly prompt: PromptView | null;
  /** Why the file as it stands cannot be rendered; the prompt is then an old one. */
  readonly problem: string | null;
  readonly models: readonly ModelRow[];
  /** Of the dataset that the record is of. */
  readonly splits: SplitsResult;
  /** Ids of the models that are asked. */
  readonly chosen: readonly string[];
  /** Of the first chosen model; null where it is not known. */
  readonly tokens: PromptTokens | null;
  /** What the models said to the record, in the order in which they were asked. */
  readonly outputs: readonly TriedOutput[];
  /** The runs on a sample, and the comparison, that were asked for last. */
  readonly samples: readonly SampleRun[];
  readonly comparison: Comparison | null;
}

export type Progress =
  | { readonly state: 'waiting' | 'done' | 'cancelled' }
  | { readonly state: 'running'; readonly message: string }
  | { readonly state: 'failed'; readonly message: string };

export interface TriedOutput {
  readonly model: string;
  readonly progress: Progress;
  /** As far as it is written. */
  readonly output: OutputReport | null;
  /** It was stored already: no model ran. */
  readonly isReused: boolean;
  /** It answers another prompt than the one shown. */
  readonly isOld: boolean;
}

export interface SampleRun {
  readonly model: string;
  readonly progress: Progress;
  readonly request: SampleRequest;
  /** Records that are done, and how many of them were stored already. */
  readonly n: number;
  readonly reused: number;
  readonly metrics: RunMetrics | null;
  readonly runId: string | null;
  readonly isOld: boolean;
}

export interface SampleRequest {
  readonly n: number;
  readonly seed: number;
  /** Null: every split. */
  readonly split: string | null;
}

export interface Comparison {
  readonly model: string;
  readonly progress: Progress;
  readonly result: CompareWithHeadResult | null;
  readonly isOld: boolean;
}

/** What a person does on it. */
export type Message =
  | { readonly type: 'showProblem' }
  /** Absent: the record of the preview. */
  | { readonly type: 'showRecord'; readonly id?: string }
  | { readonly type: 'choose'; readonly models: readonly string[] }
  | { readonly type: 'run' }
  | { readonly type: 'sample'; readonly request: SampleRequest }
  | { readonly type: 'compare'; readonly request: SampleRequest }
  | { readonly type: 'stop' }
  | { readonly type: 'copy'; readonly language: 'curl' | 'python' }
  | { readonly type: 'showRule'; readonly rule: string }
  | { readonly type: 'showRuns' }
  | { readonly type: 'showMatrix' };
