import { clippedMatches, NgramCounts } from './ngrams.ts';
import { perPair } from './per-text.ts';
import { fMeasure, type RougeTokens, rougeSetting, rougeTokens } from './rouge-tokens.ts';
import type { TextMetric } from './types.ts';

const ORDER = 2;

const matches = { plain: matcher('plain'), stem: matcher('stem') };

/**
 * ROUGE-N F1 (Lin, 2004, "ROUGE: a package for automatic evaluation of summaries", section 2) as rouge-score
 * computes it, with or without its Porter stemmer.
 */
export function rougeN(n: 1 | 2, kind: RougeTokens): TextMetric {
  return {
    id: kind === 'stem' ? `rouge-${n}-stem` : `rouge-${n}`,
    implementation: `rouge-score 0.1.2 rouge${n} F, ${rougeSetting(kind)}`,
    range: [0, 1],
    score: (candidate, reference) => {
      const { counts, candidateLength, referenceLength } = matches[kind](candidate, reference);
      const precision = (counts[n - 1] as number) / Math.max(1, candidateLength - n + 1);
      const recall = (counts[n - 1] as number) / Math.max(1, referenceLength - n + 1);
      return fMeasure(precision, recall);
    },
  };
}

function matcher(kind: RougeTokens) {
  const tokens = rougeTokens(kind);
  return perPair((candidate, reference) => {
    const own = tokens.candidate(candidate, reference);
    const { numbers } = tokens.reference(reference);
    const counts = clippedMatches(own, new NgramCounts(numbers, ORDER));
    return { counts, candidateLength: own.length, referenceLength: numbers.length };
  });
}
