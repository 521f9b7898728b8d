import type { FieldMap } from '../core/records/field-map.ts';
import type { ReadAs } from '../core/records/read-as.ts';
import { readCaptions } from './captions.ts';
import { patternFolder } from './patterns.ts';

/**
 * How the dataset at a path is read: with the first field map whose pattern fits, and with the captions beside it.
 * @param maps by path or pattern, which count from the folders unless they are absolute
 * @param onProblem told one sentence when there are captions that cannot be used
 */
export function readAsFor(
  path: string,
  maps: Readonly<Record<string, FieldMap>>,
  folders: readonly string[],
  onProblem: (sentence: string) => void,
): ReadAs {
  const fits = Object.entries(maps).find(([pattern]) => patternFolder(path, pattern, folders) !== null);
  const { captions, problem } = readCaptions(path);
  if (problem) onProblem(problem);
  return { map: fits?.[1] ?? null, captions };
}
