import {
  type CancellationToken,
  CodeActionKind,
  type Connection,
  type InitializeResult,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { NOTIFICATIONS, REQUESTS } from './handlers/index.ts';
import { Session } from './session.ts';

/** Serves one editor over the connection until it says `exit`. */
export function startServer(connection: Connection): void {
  let session: Session | null = null;

  connection.onInitialize((params) => {
    session = new Session(connection, params);
    return initializeResult(session);
  });
  connection.onInitialized(() => void session?.start());
  connection.onShutdown(() => session?.stop());

  for (const [method, handler] of Object.entries(REQUESTS)) {
    const answer = handler as (params: unknown, session: Session, token: CancellationToken) => unknown;
    connection.onRequest(method, async (params: unknown, token: CancellationToken) => {
      // Nothing is asked before `initialize`: the protocol library refuses it.
      const current = session as Session;
      try {
        await current.ready;
        return await answer(params, current, token);
      } catch (error) {
        current.client.logError(method, error);
        throw new ResponseError(LSPErrorCodes.RequestFailed, sentenceOf(method, error));
      }
    });
  }
  for (const [method, handler] of Object.entries(NOTIFICATIONS)) {
    const take = handler as (params: unknown, session: Session) => unknown;
    connection.onNotification(method, async (params: unknown) => {
      try {
        await session?.ready;
        if (session) await take(params, session);
      } catch (error) {
        session?.client.logError(method, error);
      }
    });
  }
  connection.listen();
}

function initializeResult({ client }: Session): InitializeResult {
  const diagnosticProvider = {
    identifier: 'rationale',
    interFileDependencies: false,
    workspaceDiagnostics: false,
  };
  return {
    serverInfo: { name: 'rationale' },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      hoverProvider: true,
      inlayHintProvider: true,
      documentSymbolProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      renameProvider: { prepareProvider: true },
      documentLinkProvider: {},
      ...(client.choosesFormatters ? {} : { documentFormattingProvider: true }),
      completionProvider: { triggerCharacters: ['{', ' ', '|', '"', '/'] },
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
      ...(client.pullsDiagnostics ? { diagnosticProvider } : {}),
    },
  };
}

/** What a bug throws. Other errors were thrown on purpose, and their message is a sentence for the user. */
const BUGS = [TypeError, RangeError, ReferenceError, SyntaxError];

function sentenceOf(method: string, error: unknown): string {
  if (error instanceof Error && !BUGS.some((bug) => error instanceof bug)) return error.message;
  return `Rationale failed at ${method}; its log says more.`;
}
