/** Stands in for ms-python.python, which cannot be installed here, by the types of its published API. */
import type { PythonExtension, ResolvedEnvironment } from '@vscode/python-extension';
import { Uri } from 'vscode';
import { says } from './says.ts';

type Environments = PythonExtension['environments'];

export function activate(): {
  readonly environments: Pick<Environments, 'getActiveEnvironmentPath' | 'resolveEnvironment'>;
} {
  return {
    environments: {
      getActiveEnvironmentPath: (_resource) => ({ id: 'active', path: 'active' }),
      resolveEnvironment: async (environment) => {
        const python = says('python');
        if (python === null || typeof environment === 'string' || environment.id !== 'active')
          return undefined;
        const uri = Uri.file(python);
        return { executable: { uri, bitness: '64-bit', sysPrefix: '/' } } as ResolvedEnvironment;
      },
    },
  };
}
