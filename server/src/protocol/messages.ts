import type {
  MakeEnvironmentParams,
  TrainingBatchResult,
  TrainingParams,
  TrainingsResult,
  TrainingView,
  TrainParams,
  TrainResult,
} from './training.ts';
import type { Position, Range, SeverityCounts, Share } from './values.ts';

/** Method names of the messages that the Language Server Protocol does not have. */
export const Methods = {
  annotate: 'rationale/annotate',
  records: 'rationale/records',
  runs: 'rationale/runs',
  deleteRun: 'rationale/deleteRun',
  output: 'rationale/output',
  partialOutput: 'rationale/partialOutput',
  runRecords: 'rationale/runRecords',
  compareWithHead: 'rationale/compareWithHead',
  matrix: 'rationale/matrix',
  matrixAxes: 'rationale/matrixAxes',
  matrixProgress: 'rationale/matrixProgress',
  models: 'rationale/models',
  splits: 'rationale/splits',
  outputsDatasets: 'rationale/outputsDatasets',
  renderPrompt: 'rationale/renderPrompt',
  promptTokens: 'rationale/promptTokens',
  promptSnippet: 'rationale/promptSnippet',
  train: 'rationale/train',
  makeEnvironment: 'rationale/makeEnvironment',
  trainings: 'rationale/trainings',
  training: 'rationale/training',
  trainingBatch: 'rationale/trainingBatch',
  stopTraining: 'rationale/stopTraining',
  pinCheckpoint: 'rationale/pinCheckpoint',
  forgetTraining: 'rationale/forgetTraining',
  datasets: 'rationale/datasets',
  changed: 'rationale/changed',
  trustGranted: 'rationale/trustGranted',
  endpointAccess: 'rationale/endpointAccess',
  rationales: 'rationale/rationales',
  localServers: 'rationale/localServers',
} as const;

/** Requests, client to server. A failure is a response error whose message is one sentence for the user. */
export interface Requests {
  [Methods.annotate]: { params: AnnotateParams; result: AnnotateResult };
  [Methods.rationales]: { params: RationalesParams; result: RationalesResult };
  [Methods.records]: { params: RecordsParams; result: RecordsResult };
  [Methods.runs]: { params: RunsParams; result: RunsResult };
  [Methods.deleteRun]: { params: DeleteRunParams; result: null };
  [Methods.output]: { params: OutputParams; result: OutputReport | null };
  [Methods.runRecords]: { params: RunRecordsParams; result: RunRecordsResult };
  [Methods.compareWithHead]: { params: CompareWithHeadParams; result: CompareWithHeadResult };
  [Methods.matrix]: { params: MatrixParams; result: MatrixView };
  [Methods.matrixAxes]: { params: MatrixAxesParams; result: MatrixAxesResult };
  [Methods.localServers]: { params: null; result: LocalServersResult };
  [Methods.models]: { params: null; result: ModelsResult };
  [Methods.splits]: { params: SplitsParams; result: SplitsResult };
  [Methods.outputsDatasets]: { params: OutputsDatasetsParams; result: OutputsDatasetsResult };
  [Methods.renderPrompt]: { params: RenderPromptParams; result: RenderPromptResult };
  [Methods.promptTokens]: { params: PromptTokensParams; result: PromptTokens | null };
  [Methods.promptSnippet]: { params: PromptSnippetParams; result: { readonly text: string } };
  [Methods.train]: { params: TrainParams; result: TrainResult };
  [Methods.makeEnvironment]: { params: MakeEnvironmentParams; result: null };
  [Methods.trainings]: { params: null; result: TrainingsResult };
  [Methods.training]: { params: TrainingParams; result: TrainingView };
  [Methods.trainingBatch]: { params: TrainingParams; result: TrainingBatchResult };
  [Methods.stopTraining]: { params: TrainingParams; result: null };
  [Methods.pinCheckpoint]: { params: TrainingParams; result: null };
  [Methods.forgetTraining]: { params: TrainingParams; result: null };
}

/** Requests, server to client, which an editor answers that says so in `initializationOptions.grantsEndpointAccess`. */
export interface ServerRequests {
  [Methods.endpointAccess]: { params: EndpointAccessParams; result: EndpointAccessResult };
}

/** Notifications, server to client. */
export interface ServerNotifications {
  [Methods.datasets]: DatasetsParams;
  [Methods.changed]: ChangedParams;
  [Methods.partialOutput]: PartialOutputParams;
  [Methods.matrixProgress]: MatrixProgressParams;
}

/** Notifications, client to server. */
export interface ClientNotifications {
  /** The user trusted the workspace after the server had started. */
  [Methods.trustGranted]: null;
}

/**
 * Runs a model over the records of an open or closed dataset file and stores its predictions; records that
 * already have a current one are not run again. Progress comes as work-done progress under
 * `workDoneToken`: `message` is `120/400 records, 14.2 records/s, 20 s left`, `percentage` 0 to 100.
 * Cancelling the request ends it with a result (`cancelled`), not an error; what is done stays stored.
 */
export interface AnnotateParams {
  readonly uri: string;
  /** A `ModelRow.id`. */
  readonly model: string;
  /**
   * Path of a `.prompty` file, its URI (then it is taken as the editor has it open), or the name of one beside the
   * dataset or shipped; absent: `setting-N`, by `setting`, or 1.
   */
  readonly prompt?: string;
  /** 1 to 4; absent: the prompt file's. */
  readonly setting?: 1 | 2 | 3 | 4;
  /** Absent: every record. */
  readonly split?: string;
  /** Only so many of the split, each topic in its share; another seed draws others. Absent: all. */
  readonly sample?: { readonly n: number; readonly seed: number };
  /** Only this record, by its id. What the model has written so far comes as `partialOutput` under `partialToken`. */
  readonly record?: string;
  readonly partialToken?: string;
  /** `trial`: the run is kept, but not listed, and annotates nothing. */
  readonly purpose?: 'trial';
  /** Answers of each record, which vote; absent: 1. More than one needs a temperature above 0. */
  readonly samples?: number;
  /** Absent: 0, the likeliest token each time. */
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly workDoneToken?: string | number;
}

export interface AnnotateResult {
  readonly runId: string;
  /** Answers made now: one for each sample of a record. */
  readonly done: number;
  /** Answers that were there already and were not made again. */
  readonly reused: number;
  /** Of `done`, those whose request failed. */
  readonly failed: number;
  readonly cancelled: boolean;
  /** The device really used: `CPU (2 threads)`. */
  readonly device: string;
}

export interface OutputParams {
  readonly runId: string;
  /** Id of the record. */
  readonly record: string;
}

/** A model's output for a record, taken apart and judged. */
export interface OutputReport {
  readonly runId: string;
  readonly model: string;
  readonly device: string;
  /** They make up the raw output. */
  readonly pieces: readonly OutputPiece[];
  /** Null while the output is being written. */
  readonly verdict: VerdictView | null;
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: 'error' | 'warning' | 'information' | 'hint';
    readonly message: string;
  }[];
  /** Null while the output is being written. */
  readonly usage: {
    readonly promptTokens: number;
    readonly imageTokens: number;
    readonly outputTokens: number;
  } | null;
  /** One sentence, when the request failed. */
  readonly error: string | null;
  readonly isWhole: boolean;
}

export interface VerdictView {
  readonly kind: 'correct' | 'wrong' | 'unmapped' | 'no-output' | 'failed' | 'ungraded';
  readonly mark: string;
  /** `B (repel), wrong` */
  readonly words: string;
}

export interface RunRecordsParams {
  readonly runId: string;
}

export interface RunRecordsResult {
  /** URI; null when the run is no longer stored. */
  readonly dataset: string | null;
  readonly records: readonly RecordOutcome[];
}

/** What became of a record in a run. */
export interface RecordOutcome {
  readonly id: string;
  /** The question, shortened to one line. */
  readonly label: string;
  /** The record's own lines; null when it is no longer there. */
  readonly range: Range | null;
  readonly verdict: VerdictView;
}

/** Runs the committed version of an open prompt file, then the one in the editor, and pairs their records. */
export interface CompareWithHeadParams extends AnnotateParams {
  /** URI of the prompt file. */
  readonly prompt: string;
}

export interface CompareWithHeadResult {
  /** The commit that is checked out, abbreviated. */
  readonly commit: string;
  /** The file was not changed since. */
  readonly isSame: boolean;
  readonly cancelled: boolean;
  /** Records that both answered. */
  readonly shared: number;
  /** Of the exact McNemar test, two-sided. */
  readonly p: number;
  readonly before: ComparedRun;
  readonly after: ComparedRun;
  /** Records that only the version in the editor has right, and those that only the committed one has. */
  readonly gained: readonly FlippedRecord[];
  readonly lost: readonly FlippedRecord[];
}

export interface ComparedRun {
  readonly runId: string;
  /** On the shared records. */
  readonly accuracy: Share;
  readonly coverage: Share;
}

export interface FlippedRecord {
  readonly before: RecordOutcome;
  readonly after: RecordOutcome;
}

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

export interface OutputPiece {
  readonly text: string;
  readonly stage: 'summary' | 'caption' | 'reasoning' | 'conclusion' | null;
  readonly isTag: boolean;
  /** Whether the answer was read from it. */
  readonly isEvidence: boolean;
}

/** What a model has written so far: all of it, some times a second. */
export interface PartialOutputParams {
  /** `AnnotateParams.partialToken` */
  readonly token: string;
  readonly output: OutputReport;
}

/**
 * Has a teacher write rationales, keeps those that pass, and says what would have to be written into the dataset.
 * Nothing is written: the editor shows it first. Progress and cancelling as for `rationale/annotate`; every sample
 * stays stored, so that asking again goes on.
 */
export interface RationalesParams {
  readonly uri: string;
  /** The teacher: a `ModelRow.id`. */
  readonly model: string;
  /** As in `AnnotateParams`. */
  readonly prompt?: string;
  readonly setting?: 1 | 2 | 3 | 4;
  readonly split?: string;
  /** Only the first so many records. */
  readonly limit?: number;
  /** Absent: 4, at temperature 0.7. */
  readonly samples?: number;
  readonly temperature?: number;
  readonly seed?: number;
  /** The prompt that shows the gold answer, for records of which no sample passes. Absent: `gold-hint`; null: none. */
  readonly rationalise?: string | null;
  /** Also write over what a person has written. */
  readonly replace?: boolean;
  readonly workDoneToken?: string | number;
}

export interface RationalesResult {
  readonly records: number;
  readonly samples: number;
  /** Of `samples`, those that passed every check. */
  readonly passed: number;
  /** Records with a rationale of the teacher's own, made from the gold answer, and with none. */
  readonly kept: number;
  readonly rationalised: number;
  readonly none: number;
  /** Ids of records whose rationale a person has written; left unless `replace`. */
  readonly handEdited: readonly string[];
  /** Records that have this very rationale already. */
  readonly unchanged: number;
  /** What is to be written, in the document as the server has it. */
  readonly edits: readonly TextChange[];
  readonly cancelled: boolean;
}

export interface TextChange {
  readonly range: Range;
  readonly newText: string;
}

export interface RecordsParams {
  readonly uri: string;
  /** `topic`: every record once; `rule`: records with findings, under each rule that found something. */
  readonly by: 'topic' | 'rule';
}

/** Groups in the order to show them. Empty when the file is not a dataset. */
export interface RecordsResult {
  readonly groups: readonly RecordGroup[];
}

export interface RecordGroup {
  /** The topic (`(no topic)` when records have none) or the rule's id. */
  readonly label: string;
  readonly counts: SeverityCounts;
  readonly records: readonly RecordRow[];
}

export interface RecordRow {
  readonly id: string;
  /** The question, shortened to one line. */
  readonly label: string;
  /** By topic: the record's own lines. By rule: the finding's. */
  readonly range: Range;
  readonly counts: SeverityCounts;
}

export interface RunsParams {
  /** Absent: the runs of every dataset in the store. */
  readonly uri?: string;
}

/** Newest first. */
export interface RunsResult {
  readonly runs: readonly RunRow[];
}

export interface RunRow {
  readonly id: string;
  /** The dataset file. */
  readonly uri: string;
  readonly model: string;
  readonly role: 'teacher' | 'student' | 'base' | 'other';
  readonly device: string;
  /** Name of the prompt file. */
  readonly prompt: string;
  readonly setting: number;
  /** Null: every split. */
  readonly split: string | null;
  /** Null: every record of the split. */
  readonly sample: { readonly n: number; readonly seed: number } | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Null: not finished; annotating again goes on. */
  readonly finishedAt: string | null;
  /** Records with a prediction that is current, and those whose record or prompt has changed since. */
  readonly n: number;
  readonly stale: number;
  /** Null when `n` is 0 or the dataset file cannot be read. */
  readonly metrics: RunMetrics | null;
  /** Records per second of generation; null before the first record. */
  readonly rate: number | null;
}

export interface RunMetrics {
  readonly accuracy: Share;
  readonly coverage: Share;
  readonly contradictions: Share;
}

export interface DeleteRunParams {
  readonly runId: string;
}

/** Shipped models, then the user's. */
export interface ModelsResult {
  readonly models: readonly ModelRow[];
  /** Models that people use and that are not at hand. */
  readonly catalog: readonly CatalogRow[];
}

export interface CatalogRow {
  readonly id: string;
  readonly name: string;
  /** `needs an endpoint`, `once fetched`. */
  readonly place: string;
  /** One sentence: why, and what to do. */
  readonly why: string;
  /** `2.2 billion`, or `not told`. */
  readonly parameters: string;
  readonly licence: string | null;
}

/** Model servers on this machine. They are looked for whenever this is asked; none in a workspace that is not trusted. */
export interface LocalServersResult {
  readonly servers: readonly LocalServerRow[];
}

export interface LocalServerRow {
  /** What usually answers there: `Ollama`. */
  readonly name: string;
  readonly url: string;
  readonly models: readonly string[];
}

export interface ModelRow {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly role: 'teacher' | 'student' | 'base' | 'other';
  readonly description: string;
  /** The device it runs on (`WebGPU (NVIDIA H200)`), as found by running it; null: not opened yet. */
  readonly device: string | null;
  /** Null, or one sentence that says why it cannot run here. */
  readonly unavailable: string | null;
}

export interface SplitsParams {
  readonly uri: string;
}

/** Empty when no record names a split. */
export interface SplitsResult {
  readonly splits: readonly { readonly name: string; readonly records: number }[];
  /** All records of the file. */
  readonly records: number;
}

export interface OutputsDatasetsParams {
  /** An open outputs file. */
  readonly uri: string;
}

/** The datasets in the file's folder, in those above it and in open editors, those that fit best first. */
export interface OutputsDatasetsResult {
  readonly datasets: readonly OutputsDataset[];
}

export interface OutputsDataset {
  readonly uri: string;
  /** Of the `outputs` outputs looked at, those that name a record of the dataset. */
  readonly matched: number;
  readonly outputs: number;
  /** How they name it, `by pid` or `line by line`; empty when none does. */
  readonly by: string;
}

/** Asks what a model would be shown with an open prompt file, as it stands in the editor. */
export interface RenderPromptParams {
  readonly uri: string;
  /** Absent: the first record of the dataset beside or above the prompt file. */
  readonly record?: RecordReference;
}

/** A record by its id, or by a place in its lines. */
export type RecordReference = { readonly dataset: string } & (
  | { readonly id: string }
  | { readonly position: Position }
);

export interface RenderPromptResult {
  /** The record that it was rendered for; null when there is no dataset, or none where the reference points. */
  readonly record: PromptRecord | null;
  /** Null: see `problem`. */
  readonly prompt: PromptView | null;
  /** Why nothing can be rendered as the file stands. */
  readonly problem: { readonly message: string; readonly range: Range | null } | null;
}

export interface PromptRecord {
  readonly dataset: string;
  readonly id: string;
  /** The question, shortened to one line. */
  readonly label: string;
}

/** What a model would be shown for a record. */
export interface PromptView {
  readonly setting: number;
  /** Ids of the models that the prompt file is written for; empty when it names none. */
  readonly models: readonly string[];
  /** The split that it is for; null when it names none. */
  readonly split: string | null;
  readonly messages: readonly PromptMessage[];
  /** What is asked before these, query by query; an output that is not known yet stands as `«…»`. */
  readonly before: readonly { readonly query: string; readonly messages: readonly PromptMessage[] }[];
  /** Ids of the records that are shown solved. */
  readonly demonstrations: readonly string[];
  readonly leaks: readonly PromptLeak[];
  /** What the prompt does not hold, and why in a few words. */
  readonly omitted: readonly { readonly field: string; readonly why: string }[];
  /** One sentence why no model would be asked this; null when one would be. */
  readonly refusal: string | null;
}

export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly PromptPart[];
}

/** What a prompt tells of the record that its setting withholds, or that gives the answer away as is meant. */
export interface PromptLeak {
  readonly field: 'lecture' | 'solution' | 'answer';
  readonly isWithheld: boolean;
}

export type PromptPart =
  | { readonly type: 'text'; readonly pieces: readonly PromptPiece[] }
  /** URI of the image's file. */
  | { readonly type: 'image'; readonly uri: string };

export interface PromptPiece {
  readonly text: string;
  /** The fields of the record that it was made of; empty: the template's own words. */
  readonly fields: readonly string[];
  /** Whether it is what a leak tells. */
  readonly isLeak: boolean;
}

export interface PromptTokensParams {
  readonly uri: string;
  readonly record: RecordReference;
  readonly model: string;
}

/** What a prompt costs a model, in the model's own tokens and with its chat template. */
export interface PromptTokens {
  readonly total: number;
  /** Of these, the tokens that stand for images. */
  readonly image: number;
  /** Tokens of prompt and answer together, at most; null where the model does not say. */
  readonly context: number | null;
}

export interface PromptSnippetParams extends PromptTokensParams {
  /** `curl`: for bash and zsh; `python`: with the package `openai`. */
  readonly language: 'curl' | 'python';
}

/** Something is to be sent to an endpoint that the user configured, and the user has to agree or to give a key. */
export interface EndpointAccessParams {
  /** What the user calls it. */
  readonly endpoint: string;
  /** Host and port. */
  readonly host: string;
  /** Name of the key that is wanted, an environment variable; null: none, or the server has it. */
  readonly key: string | null;
  /** The endpoint did not take the key that was given last. */
  readonly refused: boolean;
}

export interface EndpointAccessResult {
  readonly allowed: boolean;
  /** The key itself, which the server passes on to the endpoint and keeps nowhere. */
  readonly key: string | null;
}

/** Which open documents the server reads as datasets, by shape. Sent when that set changes. */
export interface DatasetsParams {
  readonly uris: readonly string[];
}

/** Something a view shows has changed: ask again. At most a few a second. */
export interface ChangedParams {
  /** Null: for `models`, and for runs of every dataset; of `trainings`, the run's folder, or null for the list. */
  readonly uri: string | null;
  readonly what: 'records' | 'runs' | 'models' | 'trainings';
}
