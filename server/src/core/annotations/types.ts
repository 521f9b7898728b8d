import type { Judgement } from '../judgements/types.ts';
import type { Faithfulness } from '../metrics/faithfulness.ts';
import type { Prediction, TokenCount, TrainedPrompt } from '../models/types.ts';
import type { OfferedVariable, PlacedKey, PromptFile, TemplateUses } from '../prompts/types.ts';
import type { StageName } from '../rationales/types.ts';
import type { RecipeFacts, RecipeFile } from '../recipes/types.ts';
import type { Likeness } from '../records/similar.ts';
import type { DatasetLayout, ImageFacts, RecordSource, SplitTable } from '../records/types.ts';
import type { Span } from '../span.ts';
import type { ResultsTable } from './tables/types.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** A change to a record's text, offered by a rule. Spans are offsets into the record's chunk. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly span: Span; readonly newText: string }[];
  /** The one fix a person would take without looking. */
  readonly preferred?: boolean;
}

/** A rule's report on a span of a record's chunk. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly recordId: string;
  /** Path of the field in question, `answer` or `choices[1]`. */
  readonly field?: string;
  readonly span: Span;
  /** Model id, for findings on outputs. */
  readonly model?: string;
  /** What in the raw output the finding rests on, quoted. */
  readonly evidence?: string;
  /** The characters of the raw output that the finding is about; the whole of it when absent. */
  readonly outputSpan?: Span;
  /** The record that this one is compared with; its line goes into the message where lines are known. */
  readonly other?: RecordSource;
  readonly fixes: readonly Fix[];
}

/** What a rule says; the engine adds rule id, severity and record id. */
export interface Report {
  readonly message: string;
  readonly span: Span;
  readonly field?: string;
  readonly evidence?: string;
  /** The characters of the raw output that it is about; the whole of it when absent. */
  readonly outputSpan?: Span;
  readonly other?: RecordSource;
  readonly fixes?: readonly Fix[];
}

export interface RuleDocs {
  /** One sentence: what it finds. */
  readonly what: string;
  /** Why it matters, one or two sentences. */
  readonly why: string;
  /** A short example that triggers it (JSON for record rules, an output for output rules). */
  readonly example: string;
  /** What to do about it. */
  readonly fix: string;
}

/** The number by which a rule decides, which the user may set. */
export interface Threshold {
  readonly default: number;
  /** One sentence: what is counted or measured, and from where on the rule speaks. */
  readonly what: string;
  readonly minimum: number;
  readonly maximum: number;
}

interface RuleBase {
  /** The file name without extension. */
  readonly id: string;
  readonly severity: Severity;
  /** Absent: the rule decides by no number, and is given 0. */
  readonly threshold?: Threshold;
  readonly docs: RuleDocs;
}

/** What record rules may look at besides the record. */
export interface RecordContext {
  readonly source: RecordSource;
  /** The chunk's text. */
  readonly text: string;
  /** Read from the file system when first asked for. */
  readonly image: ImageFacts;
  /** Null when the dataset has no `pid_splits.json`. */
  readonly splits: SplitTable | null;
  /** How many records of the dataset bear this id. */
  readonly idCount: (id: string) => number;
  readonly layout: DatasetLayout;
  /** The records that it is most like, as far as the records have been compared. */
  readonly likeness: Likeness;
}

export interface RecordRule extends RuleBase {
  readonly scope: 'record';
  /** The fields it relies on: it is not asked about a record in which one of them is malformed. */
  readonly reads: readonly string[];
  check(context: RecordContext, threshold: number): Iterable<Report>;
}

/** What output rules look at: one model's prediction for one record, judged. Report spans lie in the record's chunk. */
export interface OutputContext {
  readonly source: RecordSource;
  readonly prediction: Prediction;
  readonly judgement: Judgement;
  readonly model: string;
  /** What the prompt asked for; stage rules keep silent unless it is `stages`. */
  readonly format: 'stages' | 'json' | 'letter';
  /** The stages that the prompt asked for, in its order. */
  readonly stages: readonly StageName[];
  /** What every model says of the record as it stands, this one included; absent where only this one is known. */
  readonly opinions?: readonly Opinion[];
  /** What a test has shown of whether the answer follows from the rationale; null where none was made. */
  readonly faithfulness?: () => Faithfulness | null;
}

/** One model's answer beside those of others. */
export interface Opinion {
  readonly model: string;
  /** Zero-based; null when none can be read, or when its own reasoning says another. */
  readonly choice: number | null;
}

export interface OutputRule extends RuleBase {
  readonly scope: 'output';
  check(context: OutputContext, threshold: number): Iterable<Report>;
}

/** What table rules look at. Report spans lie in the file's text. */
export interface TableContext {
  readonly table: ResultsTable;
}

export interface TableRule extends RuleBase {
  readonly scope: 'table';
  check(context: TableContext, threshold: number): Iterable<Report>;
}

/** How many records a dataset has, and of which kind. */
export interface RecordCounts {
  readonly total: number;
  readonly withImage: number;
  /** By field: how many leave it empty. */
  readonly empty: ReadonlyMap<string, number>;
}

/** Something that the front matter says and that the surroundings of the file do not bear out. */
export interface Misfit {
  readonly key: PlacedKey;
  readonly message: string;
  /** What is probably meant. */
  readonly instead?: string;
}

/** How long a prompt gets for a model. */
export interface PromptLength {
  readonly model: string;
  /** Id of the record with which it is the longest, as far as was tried. */
  readonly record: string;
  readonly tokens: TokenCount;
  /** Tokens of prompt and answer together, at most. */
  readonly context: number;
  /** Tokens of the answer, at most. */
  readonly answer: number;
}

/** What prompt rules look at. Report spans lie in the prompt file's text. */
export interface PromptContext {
  readonly file: PromptFile;
  /** Null when the template cannot be parsed. */
  readonly uses: TemplateUses | null;
  readonly offered: readonly OfferedVariable[];
  /** Null when no dataset is known. */
  readonly records: RecordCounts | null;
  readonly misfits: readonly Misfit[];
  /** What makes the file one of version 2 of Prompty. */
  readonly asVersionTwo: () => Fix['edits'];
  /** The longest prompt that each model it is used with would be shown; worked out when asked for. */
  readonly lengths: () => readonly PromptLength[];
  /** The models it is used with of which is known with which prompts they were trained. */
  readonly trained: readonly { readonly model: string; readonly prompts: readonly TrainedPrompt[] }[];
}

export interface PromptRule extends RuleBase {
  readonly scope: 'prompt';
  check(context: PromptContext, threshold: number): Iterable<Report>;
}

/** What recipe rules look at. Report spans lie in the recipe's text. */
export interface RecipeContext {
  readonly file: RecipeFile;
  /** What is around it; null when only the recipe itself is looked at. */
  readonly facts: RecipeFacts | null;
}

export interface RecipeRule extends RuleBase {
  readonly scope: 'recipe';
  check(context: RecipeContext, threshold: number): Iterable<Report>;
}

export type Rule = RecordRule | OutputRule | TableRule | PromptRule | RecipeRule;

/** What the user set for a rule: its severity, or also its threshold; what is not named is the rule's own. */
export type RuleSetting =
  | Severity
  | 'off'
  | { readonly severity?: Severity | 'off'; readonly threshold?: number };

/** `"rationale.rules"`: what the user set for each rule. */
export type RuleSettings = Readonly<Record<string, RuleSetting>>;
