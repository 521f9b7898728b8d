/** The Python environment that Rationale makes when it is asked to: the locked requirements, nothing else. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pythonIn, type TrainerFiles } from './python.ts';
import { shellWord } from './shell-word.ts';

interface Step {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * The programs that make the environment: uv where it is there, else Python's own venv and pip.
 * @throws Error with one sentence when there is neither
 */
function environmentSteps(folder: string, { requirements }: TrainerFiles, python: string | null): Step[] {
  if (hasUv()) {
    const own = python ? ['--python', python] : [];
    return [
      { program: 'uv', args: ['venv', '--allow-existing', ...own, folder] },
      { program: 'uv', args: ['pip', 'install', '--python', pythonIn(folder), '-r', requirements] },
    ];
  }
  if (python === null) {
    throw new Error(
      'Training needs Python 3.11 or newer, and none was found: install it, or uv, and try again.',
    );
  }
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '-r', requirements];
  return [
    { program: python, args: ['-m', 'venv', folder] },
    { program: pythonIn(folder), args: install },
  ];
}

/** What makes the environment, as one line for a shell. @throws as `makeEnvironment` */
export function environmentCommand(folder: string, files: TrainerFiles, python: string | null): string {
  return environmentSteps(folder, files, python)
    .map(({ program, args }) => [program, ...args].map(shellWord).join(' '))
    .join(' && ');
}

/**
 * Makes the environment; asked again, it goes on. Gives its Python.
 *
 * @param onLine told what the installer says
 * @throws Error with one sentence when a step fails or is cancelled
 */
export async function makeEnvironment(
  folder: string,
  files: TrainerFiles,
  python: string | null,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  for (const step of environmentSteps(folder, files, python)) await runStep(step, onLine, signal);
  return pythonIn(folder);
}

async function runStep(
  { program, args }: Step,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let last = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      // What begins with a hint is advice on another command.
      const isHint = /^\s*hint:/i.test(line);
      if (line.trim() !== '' && !isHint) last = line.trim().replace(/^(?:error|cause):\s*/i, '');
      onLine(line);
    });
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (sentence: string) => reject(new Error(sentence));
  child.on('error', ({ message }) =>
    fail(signal.aborted ? 'Making the environment was cancelled.' : `${program} does not run: ${message}.`),
  );
  child.on('close', (code) => {
    if (code === 0) resolve();
    else fail(`The environment could not be made: ${last || `${program} ended with ${code}`}`);
  });
  await promise;
}

function hasUv(): boolean {
  return spawnSync('uv', ['--version'], { stdio: 'ignore' }).status === 0;
}
