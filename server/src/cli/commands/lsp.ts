import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { shippedRoot } from '../../files/shipped.ts';

export function lspCommand(program: Command): void {
  program
    .command('lsp')
    .description('the language server, for any editor')
    .addOption(new Option('--stdio', 'speak over standard input and output').makeOptionMandatory())
    .action(() => {
      const server = spawn(process.execPath, [join(shippedRoot, 'dist', 'server.js'), '--stdio'], {
        stdio: 'inherit',
      });
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal));
      server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
    });
}
