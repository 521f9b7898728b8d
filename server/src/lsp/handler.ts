import type {
  CancellationToken,
  CodeAction,
  CodeActionParams,
  CompletionList,
  CompletionParams,
  DefinitionParams,
  DidChangeConfigurationParams,
  DidChangeWatchedFilesParams,
  DocumentDiagnosticParams,
  DocumentDiagnosticReport,
  DocumentFormattingParams,
  DocumentLink,
  DocumentLinkParams,
  DocumentSymbol,
  DocumentSymbolParams,
  Hover,
  HoverParams,
  InlayHint,
  InlayHintParams,
  Location,
  PrepareRenameParams,
  Range,
  ReferenceParams,
  RenameParams,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { ClientNotifications, Requests } from '../protocol/messages.ts';
import type { Session } from './session.ts';

/** The requests of the Language Server Protocol that are answered. */
interface StandardRequests {
  'textDocument/codeAction': { params: CodeActionParams; result: CodeAction[] };
  'textDocument/completion': { params: CompletionParams; result: CompletionList | null };
  'textDocument/definition': { params: DefinitionParams; result: Location[] };
  'textDocument/diagnostic': { params: DocumentDiagnosticParams; result: DocumentDiagnosticReport };
  'textDocument/documentLink': { params: DocumentLinkParams; result: DocumentLink[] };
  'textDocument/documentSymbol': { params: DocumentSymbolParams; result: DocumentSymbol[] };
  'textDocument/formatting': { params: DocumentFormattingParams; result: TextEdit[] };
  'textDocument/hover': { params: HoverParams; result: Hover | null };
  'textDocument/inlayHint': { params: InlayHintParams; result: InlayHint[] };
  'textDocument/prepareRename': { params: PrepareRenameParams; result: Range | null };
  'textDocument/references': { params: ReferenceParams; result: Location[] };
  'textDocument/rename': { params: RenameParams; result: WorkspaceEdit | null };
}

interface StandardNotifications {
  'workspace/didChangeConfiguration': DidChangeConfigurationParams;
  'workspace/didChangeWatchedFiles': DidChangeWatchedFilesParams;
}

export type AllRequests = StandardRequests & Requests;
export type AllNotifications = StandardNotifications & ClientNotifications;

/**
 * Answers one request. What it throws is logged, and its message is the sentence that the editor gets.
 */
export type RequestHandler<M extends keyof AllRequests> = (
  params: AllRequests[M]['params'],
  session: Session,
  token: CancellationToken,
) => AllRequests[M]['result'] | Promise<AllRequests[M]['result']>;

/** Takes in one notification. What it throws is logged. */
export type NotificationHandler<M extends keyof AllNotifications> = (
  params: AllNotifications[M],
  session: Session,
) => void | Promise<void>;
