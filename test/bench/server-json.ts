/** What the first findings are measured against: the JSON language service of VS Code, as a language server. */
import { getLanguageService } from 'vscode-json-languageservice';
import {
  createConnection,
  type DocumentDiagnosticParams,
  ProposedFeatures,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
const service = getLanguageService({});

connection.onInitialize(() => ({ capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental } }));
/** Milliseconds of parsing and validating. */
connection.onRequest('bench/validate', async ({ textDocument }: DocumentDiagnosticParams) => {
  const document = documents.get(textDocument.uri) as TextDocument;
  const start = performance.now();
  await service.doValidation(document, service.parseJSONDocument(document));
  return performance.now() - start;
});
documents.listen(connection);
connection.listen();
