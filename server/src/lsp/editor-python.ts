import { shippedTrainer } from '../files/shipped.ts';
import type { PythonAccess, WorkerPython } from '../inference/index.ts';
import { ownEnvironment } from '../storage/location.ts';
import { findPython, missingPackages, type PythonProbe } from '../training/python.ts';
import { ownVariables } from '../training/trainer-process.ts';

/** What is known of the workspace when a model asks for a Python. */
export interface PythonSurroundings {
  readonly trusted: boolean;
  /** The setting; empty: none is named. */
  readonly named: string;
  /** Folders from which a `.venv` is looked for. */
  readonly from: readonly string[];
}

/** The Python that runs models: nothing is looked for, let alone started, in a workspace that is not trusted. */
export class EditorPython implements PythonAccess {
  private readonly around: () => PythonSurroundings;
  private readonly onFound: () => void;
  /** What was found under which setting, or is being looked for. */
  private looked: { readonly named: string; found: PythonProbe | null } | null = null;

  /** @param onFound told when `ifFound` says more than it did */
  constructor(around: () => PythonSurroundings, onFound: () => void) {
    this.around = around;
    this.onFound = onFound;
  }

  async find(): Promise<WorkerPython> {
    const probe = await this.probe();
    const missing = probe ? missingPackages(probe) : [];
    if (probe && missing.length === 0) return { path: probe.path, variables: ownVariables(shippedTrainer) };
    const why = probe ? `${probe.path} lacks ${missing.join(', ')}` : 'no Python 3.11 or newer was found';
    throw new Error(
      `This model needs Python packages: ${why}; name a Python that has them in rationale.python, or check a recipe, which offers to make an environment for them.`,
    );
  }

  /** The Python that would run models, as far as is known yet: asked for the first time, it is looked for. */
  ifFound(): PythonProbe | null {
    const { trusted, named } = this.around();
    if (!trusted) return null;
    if (this.looked?.named !== named) {
      const looked: typeof this.looked = { named, found: null };
      this.looked = looked;
      this.probe()
        .then((probe) => {
          if (!probe || missingPackages(probe).length > 0) return;
          looked.found = probe;
          this.onFound();
        })
        .catch(() => {}); // Whoever runs a model is told.
    }
    return this.looked.found;
  }

  private async probe(): Promise<PythonProbe | null> {
    const { trusted, named, from } = this.around();
    if (!trusted) throw new Error('This workspace is not trusted: trust it to run models.');
    const choice = { named: named || null, offered: [], from, own: ownEnvironment() };
    return findPython(choice, shippedTrainer);
  }
}
