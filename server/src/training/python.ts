/** Which Python trains, and whether it has what training needs. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Of the trainer, shipped with the extension. */
export interface TrainerFiles {
  /** Folder of the Python package. */
  readonly folder: string;
  /** The locked requirements. */
  readonly requirements: string;
}

export interface PythonChoice {
  /** The user's own choice, by setting or option; nothing is looked for then. */
  readonly named: string | null;
  /** What has trained the run so far: it goes before all but the user's own choice. */
  readonly before?: string | null;
  /** Interpreters that the editor's Python extensions have chosen, the likeliest first. */
  readonly offered: readonly string[];
  /** Folders from which a `.venv` is looked for, here and above: the recipe's, the workspace's. */
  readonly from: readonly string[];
  /** Folder of the environment that Rationale makes when it is asked to. */
  readonly own: string;
}

/** What a Python says of itself. */
export interface PythonProbe {
  readonly path: string;
  readonly version: string;
  /** Of the packages that training needs; null for those that are missing. */
  readonly packages: Readonly<Record<string, string | null>>;
  readonly cuda: boolean;
  readonly mps: boolean;
  /** Bytes of the largest GPU that CUDA sees; 0 without one. */
  readonly gpuMemory: number;
}

/** The trainer and its locked packages run on this version of Python and newer ones. */
const OLDEST = '3.11';
const WINDOWS = process.platform === 'win32';
const run = promisify(execFile);
/** Importing PyTorch from a cold disk. Milliseconds. */
const PATIENCE = 120_000;

const PROBE = `
import importlib.metadata as m, json, platform, sys
def version(name):
    try: return m.version(name)
    except m.PackageNotFoundError: return None
packages = {name: version(name) for name in sys.argv[1:]}
cuda, mps, memory = False, False, 0
if packages.get("torch"):
    import torch
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    memory = max((torch.cuda.get_device_properties(i).total_memory for i in range(torch.cuda.device_count())), default=0)
print(json.dumps({"version": platform.python_version(), "packages": packages, "cuda": cuda, "mps": mps, "gpuMemory": memory}))
`;

/** The interpreters to try, in order, without repeats. */
export function candidates(choice: PythonChoice, environment: NodeJS.ProcessEnv = process.env): string[] {
  const known = [choice.named, choice.before].filter((path) => typeof path === 'string');
  if (choice.named) return [...new Set(known)];
  const { VIRTUAL_ENV } = environment;
  const folders = [...(VIRTUAL_ENV ? [VIRTUAL_ENV] : []), ...choice.from.flatMap(venvsAbove), choice.own];
  const inFolders = folders.map(pythonIn).filter(existsSync);
  return [...new Set([...known, ...choice.offered, ...inFolders, ...onPath(environment)])];
}

/** The interpreter of a virtual environment. */
export function pythonIn(environment: string): string {
  return WINDOWS ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');
}

/** Asks a Python what it has. @throws Error with one sentence when it does not run or is too old */
export async function probePython(path: string, files: TrainerFiles): Promise<PythonProbe> {
  const probe = await askPython(path, files);
  if (isOld(probe)) throw new Error(`The Python ${path} is ${probe.version}: ${OLDEST} or newer is needed.`);
  return probe;
}

async function askPython(path: string, { requirements }: TrainerFiles): Promise<PythonProbe> {
  try {
    const { stdout } = await run(path, ['-c', PROBE, ...requiredPackages(requirements)], {
      timeout: PATIENCE,
    });
    return { path, ...JSON.parse(stdout) };
  } catch (error) {
    const { code, stderr = '' } = error as { readonly code?: string; readonly stderr?: string };
    const why = code === 'ENOENT' ? 'there is no such program' : lastLine(stderr) || String(code ?? error);
    throw new Error(`The Python ${path} does not run: ${why}.`);
  }
}

function isOld({ version }: PythonProbe): boolean {
  return version.localeCompare(OLDEST, 'en', { numeric: true }) < 0;
}

/** The names of what training needs. */
function requiredPackages(requirements: string): string[] {
  return readFileSync(requirements, 'utf8')
    .split('\n')
    .map((line) => /^[\w.-]+/.exec(line.trim())?.[0] ?? '')
    .filter((name) => name !== '');
}

/** What a person is told of the Python that trains. */
export function pythonWords({ path, version, packages, cuda, mps }: PythonProbe): string {
  const devices = [cuda && 'CUDA', mps && 'MPS'].filter(Boolean).join(' and ') || 'the CPU alone';
  return `Python ${version} (${path}), torch ${packages.torch}, transformers ${packages.transformers}, on ${devices}.`;
}

export function missingPackages({ packages }: PythonProbe): string[] {
  return Object.entries(packages).flatMap(([name, version]) => (version === null ? [name] : []));
}

/**
 * The first Python that has everything; or else the first that is new enough, with what it lacks. Null without one.
 * @throws Error with one sentence when the one that the user named cannot be used, nor one that trained before
 */
export async function findPython(choice: PythonChoice, files: TrainerFiles): Promise<PythonProbe | null> {
  let first: PythonProbe | null = null;
  let problem: unknown = null;
  for (const path of candidates(choice)) {
    const probe = await probePython(path, files).catch((error) => {
      if (path === choice.named) problem = error;
      return null;
    });
    if (probe && missingPackages(probe).length === 0) return probe;
    first ??= probe;
  }
  if (problem) throw problem;
  return first;
}

function venvsAbove(folder: string): string[] {
  const here = ['.venv', 'venv'].map((name) => join(folder, name));
  return dirname(folder) === folder ? here : [...here, ...venvsAbove(dirname(folder))];
}

function onPath({ PATH = '' }: NodeJS.ProcessEnv): string[] {
  const names = WINDOWS ? ['python.exe'] : ['python3', 'python'];
  return PATH.split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .filter(existsSync);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
