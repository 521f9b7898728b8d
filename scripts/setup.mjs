// Brings a fresh clone to the point where everything else can run. Plain JavaScript: it is what a Node 20
// without any installed package starts. Each step looks first and does nothing when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
export const python = join(root, '.venv', windows ? 'Scripts/python.exe' : 'bin/python');

/** Node's packages, as package-lock.json has them; with them comes the Node 24 that everything runs on. */
export function setupNode() {
  once('node_modules/.rationale-setup', ['package.json', 'package-lock.json'], () => {
    say('Installing Node packages (about a minute)…');
    // onnxruntime's CPU and WebGPU libraries are in its package; its own download of CUDA is not wanted.
    run(npm(), ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { ONNXRUNTIME_NODE_INSTALL: 'skip' });
  });
}

/** The trainer's Python environment in .venv. Only training, drawing and their tests need it. */
export function setupPython() {
  once('.venv/.rationale-setup', ['trainer/requirements.txt', 'trainer/requirements-tests.txt'], () => {
    say('Installing the Python packages of the trainer (a few minutes)…');
    if (!existsSync(python)) run(findPython(), ['-m', 'venv', '.venv']);
    const requirements = readFileSync(join(root, 'trainer/requirements.txt'), 'utf8');
    const torch = /^torch==\S+/m.exec(requirements)?.[0];
    if (!torch) fail('trainer/requirements.txt does not pin torch.');
    // torch alone first: pulled in by another package it would bring gigabytes of CUDA libraries.
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', torch]);
    run(python, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      'trainer/requirements-tests.txt',
    ]);
  });
}

/** The path of the Node 24 that came with the packages. */
export function node24() {
  return join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
}

/** Test files run side by side, one on each core: none shares a folder, a store or a port with another. */
export function mochaArguments(files) {
  return ['--parallel', '--jobs', String(availableParallelism()), files];
}

/** Environment in which the packages' programs, Node 24 first, are found. */
export function toolEnvironment() {
  const bin = join(root, 'node_modules', '.bin');
  return { ...process.env, PATH: `${bin}${windows ? ';' : ':'}${process.env.PATH}` };
}

/** Runs a command in the repository; ends this program with one sentence when it fails. */
export function run(command, args, environment = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...toolEnvironment(), ...environment },
    shell: windows && command.endsWith('.cmd'),
  });
  if (result.error) fail(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) fail(`${command} ${args.join(' ')} failed with exit code ${result.status}.`);
}

export function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

export function fail(sentence) {
  say(sentence);
  process.exit(1);
}

function npm() {
  return windows ? 'npm.cmd' : 'npm';
}

function findPython() {
  for (const candidate of ['python3.11', 'python3', 'python']) {
    const probe = spawnSync(candidate, ['-c', 'import sys, venv; print(sys.version_info >= (3, 11))'], {
      encoding: 'utf8',
    });
    if (probe.stdout?.trim() === 'True') return candidate;
  }
  return fail(
    'Python 3.11 or newer with its venv module is needed for the trainer: install it and run this again.',
  );
}

/** Runs `step` unless the marker file says that it ran with these very inputs. */
function once(marker, inputs, step) {
  const state = createHash('sha256');
  for (const input of inputs) state.update(readFileSync(join(root, input)));
  const expected = state.digest('hex');
  const path = join(root, marker);
  if (existsSync(path) && readFileSync(path, 'utf8') === expected) return;
  step();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, expected);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  setupNode();
  if (process.argv.includes('--python')) setupPython();
}
