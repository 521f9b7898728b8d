import * as vscode from 'vscode';

/** As far as it is used: https://github.com/microsoft/vscode-python-environments */
interface PythonEnvironmentsApi {
  getEnvironment?(
    scope: vscode.Uri | undefined,
  ): Promise<{ readonly execInfo?: { readonly run?: { readonly executable?: string } } } | undefined>;
}

/** As far as it is used: https://github.com/microsoft/vscode-python/wiki/Python-Environment-APIs */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(
      environment: unknown,
    ): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

/** The interpreters that the user has chosen for a file in the Python extensions, the newer extension's first. */
export async function chosenPythons(file: vscode.Uri): Promise<string[]> {
  const found = await Promise.all([fromEnvironments(file), fromPython(file)]);
  return found.filter((path) => path !== undefined);
}

async function fromEnvironments(file: vscode.Uri): Promise<string | undefined> {
  const api = await apiOf<PythonEnvironmentsApi>('ms-python.vscode-python-envs');
  const environment = await api?.getEnvironment?.(file);
  return environment?.execInfo?.run?.executable;
}

async function fromPython(file: vscode.Uri): Promise<string | undefined> {
  const { environments } = (await apiOf<PythonApi>('ms-python.python')) ?? {};
  if (!environments) return undefined;
  const environment = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(file));
  return environment?.executable.uri?.fsPath;
}

/** Undefined when there is no such extension, or when it fails: training then looks for a Python itself. */
async function apiOf<Api>(id: string): Promise<Api | undefined> {
  try {
    return await vscode.extensions.getExtension<Api>(id)?.activate();
  } catch {
    return undefined;
  }
}
