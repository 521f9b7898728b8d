import { perText } from './per-text.ts';
import { strip } from './python-text.ts';
import type { TextMetric } from './types.ts';

const stripped = perText(strip);

/** 1 when candidate and reference are the same text but for white space around it, else 0; 0 when both are empty. */
export const exactMatch: TextMetric = {
  id: 'exact-match',
  implementation: 'Python candidate.strip() == reference.strip(), an empty candidate 0',
  range: [0, 1],
  score: (candidate, reference) =>
    stripped(candidate) !== '' && stripped(candidate) === stripped(reference) ? 1 : 0,
};
