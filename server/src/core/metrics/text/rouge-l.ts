import { LcsColumns, lcsLength } from './lcs.ts';
import { fMeasure, type RougeTokens, rougeSetting, rougeTokens } from './rouge-tokens.ts';
import type { TextMetric } from './types.ts';

/**
 * ROUGE-L F1 of the longest common subsequence of the whole texts (Lin, 2004, "ROUGE: a package for automatic
 * evaluation of summaries", section 3.1) as rouge-score computes it, with or without its Porter stemmer.
 */
export function rougeL(kind: RougeTokens): TextMetric {
  const tokens = rougeTokens(kind);
  return {
    id: kind === 'stem' ? 'rouge-l-stem' : 'rouge-l',
    implementation: `rouge-score 0.1.2 rougeL F, ${rougeSetting(kind)}`,
    range: [0, 1],
    score: (candidate, reference) => {
      const own = tokens.candidate(candidate, reference);
      const { numbers, ids } = tokens.reference(reference);
      const common = lcsLength(own, new LcsColumns(numbers, ids.size));
      return common === 0 ? 0 : fMeasure(common / own.length, common / numbers.length);
    },
  };
}
