/** The project's language server, which also says when it was handed the text of the document. */
import { createConnection, Message, ProposedFeatures } from 'vscode-languageserver/node';
import { startServer } from '../../server/src/lsp/server.ts';

let arrived = 0;
const connection = createConnection(ProposedFeatures.all, {
  messageStrategy: {
    handleMessage(message, next) {
      const isText = Message.isNotification(message) && message.method === 'textDocument/didOpen';
      if (isText) arrived = performance.timeOrigin + performance.now();
      return next(message);
    },
  },
});
/** Milliseconds since the epoch. */
connection.onRequest('bench/arrived', () => arrived);
startServer(connection);
