import type { PythonEnvironmentApi } from '@vscode/python-environments';
import type { PythonExtension } from '@vscode/python-extension';
import * as vscode from 'vscode';

/** An extension that searches a slow disk for environments keeps nobody waiting longer. Milliseconds. */
const PATIENCE = 15_000;

/**
 * The interpreters that the user has chosen for a file in the Python extensions, the newer extension's first. One that
 * is not there, is disabled or fails is passed over: training then looks for a Python itself.
 */
export async function chosenPythons(file: vscode.Uri): Promise<string[]> {
  const found = await Promise.all([inTime(fromEnvironments(file)), inTime(fromPython(file))]);
  return found.filter((path) => path !== undefined);
}

/** https://github.com/microsoft/vscode-python-environments */
async function fromEnvironments(file: vscode.Uri): Promise<string | undefined> {
  const api = await apiOf<PythonEnvironmentApi>('ms-python.vscode-python-envs');
  const environment = await api?.getEnvironment(file);
  return environment?.execInfo.run.executable;
}

/** https://github.com/microsoft/vscode-python/wiki/Python-Environment-APIs */
async function fromPython(file: vscode.Uri): Promise<string | undefined> {
  const api = await apiOf<PythonExtension>('ms-python.python');
  const environment = await api?.environments.resolveEnvironment(
    api.environments.getActiveEnvironmentPath(file),
  );
  return environment?.executable.uri?.fsPath;
}

async function apiOf<Api>(id: string): Promise<Api | undefined> {
  return vscode.extensions.getExtension<Api>(id)?.activate();
}

/** Undefined when it fails or takes too long. */
async function inTime(python: Promise<string | undefined>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE, undefined);
  });
  try {
    return await Promise.race([python, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
