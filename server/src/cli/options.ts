import { InvalidArgumentError, Option } from 'commander';
import type { Severity } from '../core/annotations/types.ts';
import { DEFAULT_MAX_NEW_TOKENS } from '../core/decoding.ts';
import { readFieldMap } from '../core/pipeline.ts';
import { DEVICE_SETTINGS } from '../inference/index.ts';

export type Format = 'text' | 'json' | 'jsonl';
/** What commands that find things can print as well: for code scanning services, and for test reports. */
export type CheckFormat = Format | 'sarif' | 'junit';
export type FailOn = Severity | 'never';

const ORDER: readonly Severity[] = ['hint', 'information', 'warning', 'error'];

const FORMATS: readonly Format[] = ['text', 'json', 'jsonl'];

/** Every command's `--format`. */
export function formatOption(): Option {
  return formats(FORMATS);
}

/** The `--format` of commands that find things. */
export function checkFormatOption(): Option {
  return formats([...FORMATS, 'sarif', 'junit']);
}

function formats(choices: readonly CheckFormat[]): Option {
  return new Option('--format <format>', 'how results are printed').choices(choices).default('text');
}

/** Where local models run. */
export function deviceOption(): Option {
  return new Option('--device <device>', 'where local models run').choices(DEVICE_SETTINGS).default('auto');
}

/** How the records are asked. */
export function promptOption(): Option {
  return new Option(
    '--prompt <file>',
    "a .prompty file, or the name of a shipped one (default: the setting's)",
  );
}

export function settingOption(): Option {
  return numberOption('--setting <n>', 'which fields the prompt holds', [1, 2, 3, 4]);
}

/** Which records are asked. */
export function splitOption(): Option {
  return new Option('--split <name>', 'only the records of this split');
}

export function limitOption(): Option {
  return new Option('--limit <n>', 'only the first n records').argParser(wholeNumber(1));
}

/** How long an answer may be. */
export function maxNewTokensOption(): Option {
  const what = `bound of a generated answer (default: the prompt file's, else ${DEFAULT_MAX_NEW_TOKENS})`;
  return new Option('--max-new-tokens <n>', what).argParser(wholeNumber(1));
}

/** Whether outputs are held to their format. */
export function constrainedOption(): Option {
  const what = 'hold the output to the format that the prompt asks for, where the model can be held';
  return new Option('--constrained', what).default(false);
}

/** From which severity on findings make the exit code 1. */
export function failOnOption(): Option {
  return new Option('--fail-on <severity>', 'exit with 1 on findings at or above this severity')
    .choices([...ORDER, 'never'])
    .default('error');
}

export function atLeast(severity: Severity, failOn: FailOn): boolean {
  return failOn !== 'never' && ORDER.indexOf(severity) >= ORDER.indexOf(failOn);
}

/** The fields of a dataset's records that have other names: `question=query,choices=A+B+C,answer=label,indexBase=1`. */
export function fieldsOption(): Option {
  const option = new Option(
    '--fields <map>',
    "where the records' fields stand when not under their own names: question=query,choices=A+B+C+D,answer=label,indexBase=1 (default: the setting rationale.fields)",
  );
  return option.argParser((text) => {
    const { map, problems } = readFieldMap(Object.fromEntries(text.split(',').map(fieldOf)));
    if (map) return map;
    throw new InvalidArgumentError(problems.join(' '));
  });
}

function fieldOf(pair: string): [string, unknown] {
  const [field = '', ...rest] = pair.split('=');
  const from = rest.join('=').trim();
  if (field.trim() === 'indexBase') return ['indexBase', Number(from)];
  return [field.trim(), from.includes('+') ? from.split('+') : from];
}

/** An option that takes one of a few numbers. */
export function numberOption(flags: string, description: string, values: readonly number[]): Option {
  const option = new Option(flags, `${description} (choices: ${values.join(', ')})`);
  return option.argParser((text) => {
    if (values.includes(Number(text))) return Number(text);
    throw new InvalidArgumentError(`Allowed choices are ${values.join(', ')}.`);
  });
}

/** Parses a whole number of at least `minimum`, for commander. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < minimum) {
      throw new InvalidArgumentError(`It must be a whole number of at least ${minimum}.`);
    }
    return value;
  };
}

/** Parses a number within bounds, for commander. */
export function numberBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    }
    return value;
  };
}
