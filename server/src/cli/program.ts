import { Command } from 'commander';
import { annotateCommand } from './commands/annotate.ts';
import { compareCommand } from './commands/compare.ts';
import { exportCommand } from './commands/export.ts';
import { faithfulnessCommand } from './commands/faithfulness.ts';
import { importCommand } from './commands/import.ts';
import { judgeCommand } from './commands/judge.ts';
import { lintCommand } from './commands/lint.ts';
import { lspCommand } from './commands/lsp.ts';
import { matrixCommand } from './commands/matrix.ts';
import { modelsCommand } from './commands/models.ts';
import { promptCommand } from './commands/prompt.ts';
import { rationalesCommand } from './commands/rationales.ts';
import { reportCommand } from './commands/report.ts';
import { trainCommand } from './commands/train.ts';

/** The table of commands. A new one is a file in commands/ and a line here. */
const COMMANDS = [
  lintCommand,
  annotateCommand,
  judgeCommand,
  reportCommand,
  compareCommand,
  promptCommand,
  matrixCommand,
  faithfulnessCommand,
  importCommand,
  modelsCommand,
  rationalesCommand,
  trainCommand,
  exportCommand,
  lspCommand,
];

/** The whole command line; nothing runs before `parseAsync`. */
export function buildProgram(): Command {
  const program = new Command('rationale')
    .description(
      'Lint multimodal reasoning datasets, run vision-language models over them, and judge what they answer.',
    )
    .showHelpAfterError('(--help tells more)');
  for (const add of COMMANDS) add(program);
  return program;
}
