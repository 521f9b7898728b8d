import { Methods } from '../../protocol/messages.ts';
import type { AllNotifications, AllRequests, NotificationHandler, RequestHandler } from '../handler.ts';
import { annotate } from './annotate.ts';
import { codeAction } from './code-action.ts';
import { compareWithHead } from './compare-with-head.ts';
import { completion } from './completion.ts';
import { definition } from './definition.ts';
import { deleteRun } from './delete-run.ts';
import { diagnostic } from './diagnostic.ts';
import { didChangeConfiguration } from './did-change-configuration.ts';
import { didChangeWatchedFiles } from './did-change-watched-files.ts';
import { documentLink } from './document-link.ts';
import { documentSymbol } from './document-symbol.ts';
import { faithfulness } from './faithfulness.ts';
import { fetchModel, planFetch } from './fetch-model.ts';
import { formatting } from './formatting.ts';
import { hover } from './hover.ts';
import { importPrompt } from './import-prompt.ts';
import { inlayHint } from './inlay-hint.ts';
import { localServers } from './local-servers.ts';
import { matrix } from './matrix.ts';
import { matrixAxes } from './matrix-axes.ts';
import { models } from './models.ts';
import { output } from './output.ts';
import { outputsDatasets } from './outputs-datasets.ts';
import { prepareRename } from './prepare-rename.ts';
import { promptSnippet } from './prompt-snippet.ts';
import { promptTokens } from './prompt-tokens.ts';
import { rationales } from './rationales.ts';
import { records } from './records.ts';
import { references } from './references.ts';
import { rename } from './rename.ts';
import { renderPrompt } from './render-prompt.ts';
import { runRecords } from './run-records.ts';
import { runs } from './runs.ts';
import { splits } from './splits.ts';
import {
  forgetTraining,
  makeEnvironment,
  pinCheckpoint,
  stopTraining,
  train,
  training,
  trainingBatch,
  trainingPlaces,
  trainings,
} from './trainings.ts';
import { trustGranted } from './trust-granted.ts';

/** The dispatch table: one line a request. */
export const REQUESTS: { readonly [M in keyof AllRequests]: RequestHandler<M> } = {
  'textDocument/codeAction': codeAction,
  'textDocument/completion': completion,
  'textDocument/definition': definition,
  'textDocument/diagnostic': diagnostic,
  'textDocument/documentLink': documentLink,
  'textDocument/documentSymbol': documentSymbol,
  'textDocument/formatting': formatting,
  'textDocument/hover': hover,
  'textDocument/inlayHint': inlayHint,
  'textDocument/prepareRename': prepareRename,
  'textDocument/references': references,
  'textDocument/rename': rename,
  [Methods.annotate]: annotate,
  [Methods.compareWithHead]: compareWithHead,
  [Methods.deleteRun]: deleteRun,
  [Methods.faithfulness]: faithfulness,
  [Methods.matrix]: matrix,
  [Methods.matrixAxes]: matrixAxes,
  [Methods.localServers]: localServers,
  [Methods.models]: models,
  [Methods.planFetch]: planFetch,
  [Methods.fetchModel]: fetchModel,
  [Methods.output]: output,
  [Methods.outputsDatasets]: outputsDatasets,
  [Methods.importPrompt]: importPrompt,
  [Methods.promptSnippet]: promptSnippet,
  [Methods.promptTokens]: promptTokens,
  [Methods.rationales]: rationales,
  [Methods.records]: records,
  [Methods.renderPrompt]: renderPrompt,
  [Methods.runRecords]: runRecords,
  [Methods.runs]: runs,
  [Methods.splits]: splits,
  [Methods.train]: train,
  [Methods.makeEnvironment]: makeEnvironment,
  [Methods.trainings]: trainings,
  [Methods.training]: training,
  [Methods.trainingBatch]: trainingBatch,
  [Methods.trainingPlaces]: trainingPlaces,
  [Methods.stopTraining]: stopTraining,
  [Methods.pinCheckpoint]: pinCheckpoint,
  [Methods.forgetTraining]: forgetTraining,
};

/** One line a notification; opening, editing and closing documents is the session's own affair. */
export const NOTIFICATIONS: { readonly [M in keyof AllNotifications]: NotificationHandler<M> } = {
  'workspace/didChangeConfiguration': didChangeConfiguration,
  'workspace/didChangeWatchedFiles': didChangeWatchedFiles,
  [Methods.trustGranted]: trustGranted,
};
