/** Stands in for ms-python.vscode-python-envs, which cannot be installed here, by the types of its published API. */
import type { PythonEnvironment, PythonEnvironmentApi } from '@vscode/python-environments';
import { says } from './says.ts';

export function activate(): Pick<PythonEnvironmentApi, 'getEnvironment'> {
  return {
    getEnvironment: async (_scope) => {
      const python = says('envs');
      // What it knows of an environment besides plays no part.
      const execInfo: PythonEnvironment['execInfo'] = { run: { executable: python ?? '' } };
      return python === null ? undefined : ({ execInfo } as PythonEnvironment);
    },
  };
}
