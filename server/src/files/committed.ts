import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Milliseconds; a repository on a network may be slow. */
const PATIENCE = 20_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** A file as it was last committed. */
export interface CommittedFile {
  /** The commit that is checked out, abbreviated. */
  readonly commit: string;
  readonly text: string;
}

/**
 * The file as the commit that is checked out has it.
 * @throws Error whose message is one sentence: no git, no repository, no commit, or the file is not in it
 */
export async function committedFile(path: string): Promise<CommittedFile> {
  const name = basename(path);
  const commit = await git(dirname(path), ['rev-parse', '--short', '--verify', 'HEAD']).catch((error) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new Error('Git is not installed, so there is no committed version to compare with.');
    throw new Error(`${name} is in no Git repository with a commit, so there is nothing to compare it with.`);
  });
  const text = await git(dirname(path), ['show', `HEAD:./${name}`]).catch(() => {
    throw new Error(
      `${name} is not in the last commit, so there is nothing to compare it with: commit it first.`,
    );
  });
  return { commit: commit.trim(), text };
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  const options = { cwd: folder, timeout: PATIENCE, maxBuffer: MOST_BYTES, windowsHide: true };
  // A repository's own settings start no program here.
  const { stdout } = await run('git', ['-c', 'core.fsmonitor=false', '--no-pager', ...args], options);
  return stdout;
}
