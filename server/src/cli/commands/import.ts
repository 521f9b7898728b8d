import { existsSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { importPromptFile } from '../../core/pipeline/prompty.ts';
import { readTextFile } from '../../files/text-file.ts';
import { EXIT, UsageError } from '../exit.ts';

interface Options {
  readonly to: 'prompty';
  readonly out?: string;
}

export function importCommand(program: Command): void {
  program
    .command('import')
    .alias('convert')
    .description(
      'write a file of another format as one of ours: dotprompt (.prompt), GitHub Models (.prompt.yml), tasks of lm-eval and lmms-eval (.yaml)',
    )
    .argument('<file>', 'the file; it is left as it is')
    .addOption(new Option('--to <format>', 'the format to write').choices(['prompty']).makeOptionMandatory())
    .option('--out <file>', 'where to write it; a file that is there is never written over (default: stdout)')
    .action(importFile);
}

function importFile(file: string, { out }: Options): void {
  if (out !== undefined && existsSync(out)) {
    throw new UsageError(`${out} is there already: name a new file, or take it away first.`);
  }
  const { text, notes } = importPromptFile({ name: basename(file), text: readTextFile(file) });
  for (const note of notes) process.stderr.write(`${note}\n`);
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text, { flag: 'wx' });
  process.exitCode = EXIT.done;
}
