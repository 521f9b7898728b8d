import type {
  AnnotateParams,
  AnnotateResult,
  CompareWithHeadParams,
  CompareWithHeadResult,
  OutputParams,
  OutputReport,
  PartialOutputParams,
  RunRecordsParams,
  RunRecordsResult,
} from './annotating.ts';
import type {
  ChangedParams,
  DatasetsParams,
  OutputsDatasetsParams,
  OutputsDatasetsResult,
  RecordsParams,
  RecordsResult,
  SplitsParams,
  SplitsResult,
} from './datasets.ts';
import type { FaithfulnessParams, FaithfulnessResult } from './faithfulness.ts';
import type {
  MatrixAxesParams,
  MatrixAxesResult,
  MatrixParams,
  MatrixProgressParams,
  MatrixView,
} from './matrix.ts';
import type {
  EndpointAccessParams,
  EndpointAccessResult,
  FetchModelParams,
  FetchModelResult,
  LocalServersResult,
  ModelsResult,
  PlanFetchParams,
  PlanFetchResult,
} from './models.ts';
import type {
  ImportPromptParams,
  ImportPromptResult,
  PromptSnippetParams,
  PromptTokens,
  PromptTokensParams,
  RenderPromptParams,
  RenderPromptResult,
} from './prompts.ts';
import type { RationalesParams, RationalesResult } from './rationales.ts';
import type { DeleteRunParams, RunsParams, RunsResult } from './runs.ts';
import type {
  MakeEnvironmentParams,
  TrainingBatchResult,
  TrainingParams,
  TrainingPlacesResult,
  TrainingsResult,
  TrainingView,
  TrainParams,
  TrainResult,
} from './training.ts';

export type * from './annotating.ts';
export type * from './datasets.ts';
export type * from './faithfulness.ts';
export type * from './matrix.ts';
export type * from './models.ts';
export type * from './prompts.ts';
export type * from './rationales.ts';
export type * from './runs.ts';

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
  planFetch: 'rationale/planFetch',
  fetchModel: 'rationale/fetchModel',
  splits: 'rationale/splits',
  outputsDatasets: 'rationale/outputsDatasets',
  renderPrompt: 'rationale/renderPrompt',
  promptTokens: 'rationale/promptTokens',
  promptSnippet: 'rationale/promptSnippet',
  importPrompt: 'rationale/importPrompt',
  train: 'rationale/train',
  trainingPlaces: 'rationale/trainingPlaces',
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
  faithfulness: 'rationale/faithfulness',
  localServers: 'rationale/localServers',
} as const;

/** Requests, client to server. A failure is a response error whose message is one sentence for the user. */
export interface Requests {
  [Methods.annotate]: { params: AnnotateParams; result: AnnotateResult };
  [Methods.rationales]: { params: RationalesParams; result: RationalesResult };
  [Methods.faithfulness]: { params: FaithfulnessParams; result: FaithfulnessResult };
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
  [Methods.planFetch]: { params: PlanFetchParams; result: PlanFetchResult };
  [Methods.fetchModel]: { params: FetchModelParams; result: FetchModelResult };
  [Methods.splits]: { params: SplitsParams; result: SplitsResult };
  [Methods.outputsDatasets]: { params: OutputsDatasetsParams; result: OutputsDatasetsResult };
  [Methods.renderPrompt]: { params: RenderPromptParams; result: RenderPromptResult };
  [Methods.promptTokens]: { params: PromptTokensParams; result: PromptTokens | null };
  [Methods.importPrompt]: { params: ImportPromptParams; result: ImportPromptResult };
  [Methods.promptSnippet]: { params: PromptSnippetParams; result: { readonly text: string } };
  [Methods.train]: { params: TrainParams; result: TrainResult };
  [Methods.trainingPlaces]: { params: null; result: TrainingPlacesResult };
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
