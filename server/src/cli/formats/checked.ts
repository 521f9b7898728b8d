import type { FailOn } from '../options.ts';
import type { LocatedFinding } from './place.ts';

/** A file with what the rules say of it. */
export interface CheckedFile {
  /** As the user wrote it. */
  readonly file: string;
  /** What the file holds, by the names that its findings use: record ids, in order. */
  readonly records: readonly string[];
  readonly findings: readonly LocatedFinding[];
}

/** What reports for other programs say of the check itself. */
export interface Check {
  readonly command: 'lint' | 'judge' | 'prompt check';
  readonly version: string;
  /** The folder that paths in a report are relative to. */
  readonly root: string;
  /** Findings at or above it fail the check. */
  readonly failOn: FailOn;
}
