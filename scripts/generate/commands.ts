import type { Argument, Command, Option } from 'commander';
import { cell, notice } from './rule-pages.ts';

/** The reference of the command line, from the very commands that run. */
export function commandReference(program: Command): string {
  const sections = program.commands.flatMap((command) => section(command, program.name()));
  return `${notice('server/src/cli/commands/')}
# Commands

${program.description()}

Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 findings, 2 unusable input or
arguments.

${sections.join('\n')}`;
}

function section(command: Command, parent: string): string[] {
  const name = `${parent} ${command.name()}`;
  const own = command.commands.length > 0 ? '' : usage(command, name);
  return [
    `## ${name}\n\n${sentence(command.description())}\n${own}`,
    ...command.commands.flatMap((sub) => section(sub, name)),
  ];
}

function usage(command: Command, name: string): string {
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  const table = rows.length > 0 ? `\n| | |\n| --- | --- |\n${rows.join('\n')}\n` : '';
  return `\n\`\`\`\n${name} ${command.usage()}\n\`\`\`\n${table}`;
}

function argumentRow(argument: Argument): string {
  return `| \`${argument.name()}\` | ${details(argument.description, argument)} |`;
}

function optionRow(option: Option): string {
  const must = option.mandatory && option.defaultValue === undefined ? ' (required)' : '';
  return `| \`${option.flags.replaceAll('|', '\\|')}\` | ${details(option.description + must, option)} |`;
}

function details(text: string, { argChoices, defaultValue }: Argument | Option): string {
  const choices = argChoices ? `; one of ${argChoices.join(', ')}` : '';
  const standard = defaultValue === undefined ? '' : `; default ${defaultValue}`;
  return cell(`${text}${choices}${standard}`);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
