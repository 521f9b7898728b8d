import type { Span } from '../span.ts';
import type { YamlProblem } from '../yaml-text.ts';

/** What is learnt to be written after the prompt. */
export type Target = 'answer' | 'solution' | 'solution-answer' | 'rationale' | 'rationale-answer';

export type ObjectiveKind =
  | 'sft'
  | 'two-task'
  | 'forward-kl'
  | 'reverse-kl'
  | 'js'
  | 'taid'
  | 'uld'
  | 'dpo'
  | 'redi';

/** A training configuration as its file says it, what it leaves out filled in. Null: does not apply, or no bound. */
export interface Recipe {
  readonly student: string;
  readonly teacher: {
    readonly run: readonly string[] | null;
    readonly outputs: string | null;
    readonly model: string | null;
  };
  readonly data: {
    readonly dataset: string;
    readonly split: string | null;
    readonly filter: {
      readonly image: boolean | null;
      readonly subject: readonly string[] | null;
      readonly topic: readonly string[] | null;
      readonly pass_rate: readonly number[] | null;
    };
    readonly limit: number | null;
  };
  readonly prompt: string;
  readonly target: Target;
  readonly objective: {
    readonly kind: ObjectiveKind;
    readonly keep: 'correct' | 'all' | 'weighted' | null;
    readonly wrong_weight: number | null;
    readonly weight: number | null;
    readonly temperature: number | null;
    readonly top_k: number | null;
    readonly alpha: number | null;
    readonly beta: number | null;
  };
  readonly adapter: {
    readonly kind: 'none' | 'lora' | 'prefix';
    readonly rank: number | null;
    readonly alpha: number | null;
    readonly dropout: number | null;
    readonly modules: readonly string[] | null;
    readonly tokens: number | null;
  };
  readonly frozen: readonly string[];
  readonly optimiser: {
    readonly kind: 'adamw' | 'adam';
    readonly learning_rate: number;
    readonly betas: readonly number[];
    readonly weight_decay: number;
    readonly clip: number;
  };
  readonly schedule: { readonly kind: 'constant' | 'linear' | 'cosine'; readonly warmup: number };
  readonly epochs: number;
  readonly batch: number;
  readonly accumulation: number;
  readonly precision: 'fp32' | 'bf16' | 'fp16';
  readonly lengths: { readonly prompt: number; readonly target: number };
  readonly seed: number;
  readonly evaluation: {
    readonly split: string | null;
    readonly records: number;
    readonly every: number;
    readonly new_tokens: number;
    readonly stop_on_collapse: boolean;
  };
  readonly checkpoint: { readonly every: number; readonly keep: number };
  readonly export: {
    readonly onnx: boolean;
    readonly quantise: readonly string[];
    readonly verify: number;
  };
}

/** A recipe file, read. */
export interface RecipeFile {
  readonly name: string;
  readonly recipe: Recipe;
  /** What keeps it from being read as it was meant. */
  readonly problems: readonly YamlProblem[];
  /** Where the value of a key stands, `data.split`; where its nearest parent stands when it is left out. */
  place(key: string): Span;
}

/** What is around a recipe, as far as it can be told without running anything. */
export interface RecipeFacts {
  /** One sentence: why the student cannot be had. */
  readonly student: string | null;
  /** One sentence: why the teacher's model cannot be had. */
  readonly teacherModel: string | null;
  readonly data: DataFacts | { readonly problem: string };
  readonly prompt: PromptFacts | { readonly problem: string };
  /** Null when the recipe names no teacher's run or outputs, or when the dataset cannot be read. */
  readonly teacher: TeacherFacts | { readonly problem: string } | null;
}

export interface DataFacts {
  /** Splits with their number of records. */
  readonly splits: ReadonlyMap<string, number>;
  readonly records: number;
  /** Records selected by split, filter and limit. */
  readonly selected: number;
  /** Records of the evaluation's split, its bound aside. */
  readonly evaluation: number;
}

export interface PromptFacts {
  readonly name: string;
  readonly setting: number;
  readonly gold: boolean;
  /** What the template really shows of these. */
  readonly shows: readonly ('solution' | 'answer')[];
}

export interface TeacherFacts {
  /** Of the selected records, those for which it has an output. */
  readonly matched: number;
  readonly outputs: number;
}
