import { EXIT } from './exit.ts';
import type { Check, CheckedFile } from './formats/checked.ts';
import { lintOutput } from './formats/lint.ts';
import { atLeast, type CheckFormat, type FailOn } from './options.ts';
import { ownVersion } from './version.ts';

/** Prints what was found in the files, and makes the exit code tell whether any of it fails the check. */
export function printChecks(
  command: Check['command'],
  files: readonly CheckedFile[],
  { format, failOn }: { readonly format: CheckFormat; readonly failOn: FailOn },
): void {
  process.stdout.write(
    lintOutput(files, format, { command, version: ownVersion(), root: process.cwd(), failOn }),
  );
  const failing = files.some(({ findings }) =>
    findings.some(({ finding }) => atLeast(finding.severity, failOn)),
  );
  process.exitCode = failing ? EXIT.findings : EXIT.done;
}
