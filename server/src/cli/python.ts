import { shippedTrainer } from '../files/shipped.ts';
import type { PythonAccess } from '../inference/index.ts';
import { ownEnvironment } from '../storage/location.ts';
import { environmentCommand } from '../training/environment.ts';
import { findPython, missingPackages, type PythonChoice, type PythonProbe } from '../training/python.ts';
import { ownVariables } from '../training/trainer-process.ts';
import { UsageError } from './exit.ts';

/**
 * A Python that has what the trainer needs.
 *
 * @param what who needs it, as the sentence begins that says there is none
 * @throws UsageError that says the one command to give, when there is none
 */
export async function usablePython(
  what: string,
  choice: Omit<PythonChoice, 'offered' | 'own'>,
): Promise<PythonProbe> {
  const own = ownEnvironment();
  const probe = await findPython({ ...choice, offered: [], own }, shippedTrainer);
  const missing = probe ? missingPackages(probe) : [];
  if (probe && missing.length === 0) return probe;
  const why = probe ? `${probe.path} lacks ${missing.join(', ')}` : 'no Python 3.11 or newer was found';
  const command = environmentCommand(own, shippedTrainer, probe?.path ?? null);
  throw new UsageError(
    `${what} needs Python packages: ${why}. This makes an environment of its own for them:\n${command}`,
  );
}

/** The Python that would run models; null when there is none that can. */
export function pythonIfAny(from: string): Promise<PythonProbe | null> {
  looked ??= usablePython('', runnerFrom(from)).catch(() => null);
  return looked;
}

let looked: Promise<PythonProbe | null> | null = null;

/** `RATIONALE_PYTHON` names the Python that runs models, else one is looked for from a folder. */
function runnerFrom(from: string) {
  return { named: process.env.RATIONALE_PYTHON || null, from: [from] };
}

/** The Python that runs models, looked for when one is needed. */
export function pythonAccess(from: string): PythonAccess {
  return {
    find: async () => {
      const { path } = await usablePython('This model', runnerFrom(from));
      return { path, variables: ownVariables(shippedTrainer) };
    },
  };
}
