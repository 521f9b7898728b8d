/** What client and server say to each other about training runs. */

export interface TrainParams {
  /** A `.recipe.yaml` file, or the folder of a run, which then goes on by its own copy of the recipe. */
  readonly uri: string;
  /** The user's own name for the run; absent: made from the recipe. */
  readonly run?: string;
  /** Interpreters that the editor's Python extensions have chosen, the likeliest first. */
  readonly pythons?: readonly string[];
  /** True: only look at what is wrong and what it costs. */
  readonly check?: boolean;
  /** Absent: where the run was before, or on this machine. */
  readonly on?: TrainingPlace;
}

/** On the server's machine, or as a job of the cluster that it belongs to. */
export type TrainingPlace = 'local' | 'slurm';

export interface TrainingPlacesResult {
  /** This machine first. */
  readonly places: readonly TrainingPlace[];
}

export type TrainResult =
  /** The trainer is at work, or was; the view shows which. */
  | { readonly folder: string; readonly notices: readonly string[] }
  /** There is no Python that can train. */
  | { readonly missing: MissingPython };

export interface MissingPython {
  /** The Python that would make the environment; null when none runs. */
  readonly python: string | null;
  /** What it lacks. */
  readonly packages: readonly string[];
}

/** Makes the environment that training needs. Progress comes under `workDoneToken`; cancelling leaves it half made. */
export interface MakeEnvironmentParams {
  readonly python: string | null;
  readonly workDoneToken?: string | number;
}

export interface TrainingParams {
  /** URI of the run's folder. */
  readonly folder: string;
}

/** Newest first. */
export interface TrainingsResult {
  readonly trainings: readonly TrainingRow[];
}

export type TrainingStateName =
  | 'new'
  | 'checked'
  | 'running'
  | 'interrupted'
  | 'stopped'
  | 'failed'
  | 'finished';

export interface TrainingRow {
  readonly name: string;
  /** URI of the run's folder. */
  readonly folder: string;
  readonly state: TrainingStateName;
  /** While it runs: it only looks at what is wrong and what it costs. */
  readonly isCheck: boolean;
  /** The number of its job, while that waits in a cluster's queue. */
  readonly waitingJob: string | null;
  readonly step: number;
  /** Null: not known yet. */
  readonly steps: number | null;
  /** Null: not known, or not running. */
  readonly secondsLeft: number | null;
  /** One sentence why it is not going on, and the way on. */
  readonly problem: string | null;
  /** The exported student's id among the models; null when there is none yet. */
  readonly model: string | null;
}

/** Long work before the first step, such as the image features. */
export interface TrainingPreparation {
  readonly what: string;
  /** What is counted. */
  readonly unit: string;
  readonly done: number;
  readonly total: number;
  /** So many a second; null: not known yet. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
}

/** Everything that the training view shows of a run. */
export interface TrainingView extends TrainingRow {
  /** URI of the recipe's file. */
  readonly recipe: string;
  /** URI of the dataset. */
  readonly dataset: string;
  readonly student: string;
  readonly examples: number;
  /** Null when nothing is worked out beforehand just now. */
  readonly preparation: TrainingPreparation | null;
  readonly device: string | null;
  /** Trainable weights, and all. */
  readonly weights: { readonly trainable: number; readonly total: number } | null;
  /** Steps a second; null before the first. */
  readonly rate: number | null;
  /** Of the last step. */
  readonly memoryBytes: number | null;
  readonly epoch: number;
  readonly findings: readonly TrainingFinding[];
  readonly cost: TrainingCost | null;
  readonly warnings: readonly string[];
  /** The step of the last checkpoint; null when there is none. */
  readonly checkpoint: number | null;
  /** Answers that the export gives as PyTorch does, of so many; null when none was compared. */
  readonly agreement: { readonly agreed: number; readonly verified: number } | null;
  /** Thinned to what a plot can show; every array is as long as `step`. */
  readonly curves: TrainingCurves;
  readonly evaluations: readonly TrainingEvaluation[];
  readonly samples: TrainingSamples | null;
}

export interface TrainingFinding {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
}

/** Measured by one step on the longest batch. */
export interface TrainingCost {
  readonly steps: number;
  readonly tokens: number;
  readonly memoryBytes: number;
  readonly seconds: number;
}

export interface TrainingCurves {
  readonly step: readonly number[];
  readonly loss: readonly number[];
  readonly learningRate: readonly number[];
  readonly gradientNorm: readonly (number | null)[];
}

/** How the student did on the evaluation's records after a step; counts of `n`. */
export interface TrainingEvaluation {
  readonly step: number;
  readonly loss: number | null;
  readonly n: number;
  readonly correct: number;
  readonly mapped: number;
  readonly contradictions: number;
  /** Null when the prompt asks for no stages. */
  readonly staged: number | null;
  /** Share. */
  readonly empty: number;
  readonly distinctWords: number;
  /** Mean tokens of an output. */
  readonly length: number;
}

/** What the student writes now, beside what it wrote at first. */
export interface TrainingSamples {
  readonly step: number;
  /** Null: there is only one evaluation yet. */
  readonly before: number | null;
  readonly rows: readonly SampleRow[];
}

export interface SampleRow {
  readonly id: string;
  readonly gold: string | null;
  readonly now: SampleText;
  readonly before: SampleText | null;
}

export interface SampleText {
  readonly output: string;
  /** The letter that was read; null when none could be. */
  readonly letter: string | null;
  readonly correct: boolean;
}

/** One real batch, token by token. Empty when the run was not looked at yet. */
export interface TrainingBatchResult {
  readonly rows: readonly BatchRow[];
}

export interface BatchRow {
  /** The example's id. */
  readonly id: string;
  /** What of the example the row holds: `target`, `rejected`, … */
  readonly part: string;
  readonly tokens: readonly BatchToken[];
}

export interface BatchToken {
  readonly text: string;
  readonly kind: 'image' | 'prompt' | 'target' | 'masked' | 'padding';
  /** Whether the loss counts it. */
  readonly supervised: boolean;
}
