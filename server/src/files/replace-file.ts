import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/**
 * Gives a file another content in one step: whoever reads it, and a crash, finds the old or the new one whole.
 * @throws Error whose message is one sentence
 */
export function replaceFile(path: string, text: string): void {
  const target = realpathSync(path);
  const beside = `${target}.rationale-${process.pid}`;
  try {
    writeFileSync(beside, text, { mode: statSync(target).mode });
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new Error(`${path} cannot be written: ${(error as Error).message}.`);
  }
}
