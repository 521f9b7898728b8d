import { homedir, platform } from 'node:os';
import { join } from 'node:path';

/**
 * Where results are kept when nobody says otherwise: one database per user, so that the editor and the
 * command line see the same runs and a dataset on a read-only disk can be annotated. `RATIONALE_STORE`
 * names another file.
 */
export function defaultStorePath(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.RATIONALE_STORE ?? join(dataFolder(environment), 'rationale', 'predictions.sqlite');
}

/** Where Rationale makes the Python environment that training needs, when it is asked to. */
export function ownEnvironment(environment: NodeJS.ProcessEnv = process.env): string {
  return join(dataFolder(environment), 'rationale', 'trainer');
}

/** Where models lie that were fetched. `RATIONALE_MODELS` names another folder. */
export function fetchedFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.RATIONALE_MODELS ?? join(dataFolder(environment), 'rationale', 'models');
}

function dataFolder(environment: NodeJS.ProcessEnv): string {
  switch (platform()) {
    case 'win32':
      return environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support');
    default:
      return environment.XDG_DATA_HOME ?? join(homedir(), '.local', 'share');
  }
}
