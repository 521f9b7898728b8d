import { runTests } from '@vscode/test-electron';
import type { HostOptions } from './host-browser.ts';

/** Runs the same suite in a VS Code that @vscode/test-electron downloads. */
export async function runInElectron({
  extension,
  suite,
  workspace,
  environment,
}: HostOptions): Promise<void> {
  await runTests({
    extensionDevelopmentPath: extension,
    extensionTestsPath: suite,
    launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust', '--skip-welcome'],
    extensionTestsEnv: { ...environment },
  });
}
