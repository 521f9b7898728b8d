import type { YamlProblem } from '../yaml-text.ts';
import type { Report } from './types.ts';

/** A problem in YAML as a report, with the fix where another name is probably meant. */
export function reportOfProblem({ message, span, instead }: YamlProblem): Report {
  if (instead === undefined) return { message, span };
  const fix = { title: `Write "${instead}"`, edits: [{ span, newText: instead }], preferred: true };
  return { message, span, fixes: [fix] };
}
