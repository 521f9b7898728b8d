import { shippedTrainer } from '../files/shipped.ts';
import type { PythonAccess } from '../inference/index.ts';
import { ownEnvironment } from '../storage/location.ts';
import { findPython, missingPackages } from '../training/python.ts';
import { ownVariables } from '../training/trainer-process.ts';

/** What is known of the workspace when a model asks for a Python. */
export interface PythonSurroundings {
  readonly trusted: boolean;
  /** The setting; empty: none is named. */
  readonly named: string;
  /** Folder from which a `.venv` is looked for. */
  readonly from: string;
}

/** The Python that runs models: nothing is looked for, let alone started, in a workspace that is not trusted. */
export function editorPython(around: () => PythonSurroundings): PythonAccess {
  return {
    async find() {
      const { trusted, named, from } = around();
      if (!trusted) throw new Error('This workspace is not trusted: trust it to run models.');
      const choice = { named: named || null, offered: [], from, own: ownEnvironment() };
      const probe = await findPython(choice, shippedTrainer);
      const missing = probe ? missingPackages(probe) : [];
      if (probe && missing.length === 0) return { path: probe.path, variables: ownVariables(shippedTrainer) };
      const why = probe ? `${probe.path} lacks ${missing.join(', ')}` : 'no Python was found';
      throw new Error(
        `This model needs Python packages: ${why}; name a Python that has them in rationale.python, or train once, which offers to make an environment for them.`,
      );
    },
  };
}
