/** The language server as a process: `--stdio` for any editor, `--node-ipc` for VS Code. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { startServer } from './server.ts';

const TRANSPORTS = ['--stdio', '--node-ipc', '--pipe', '--socket'];

if (process.argv.some((argument) => TRANSPORTS.some((transport) => argument.startsWith(transport)))) {
  const connection = createConnection(ProposedFeatures.all);
  // A bug in one place is logged and costs that one answer, not the editor's session.
  process.on('uncaughtException', (error) => connection.console.error(error.stack ?? error.message));
  process.on('unhandledRejection', (reason) => connection.console.error(String(reason)));
  startServer(connection);
} else {
  process.stderr.write(
    'The language server is started by an editor; by hand, name its transport: --stdio.\n',
  );
  process.exitCode = 2;
}
