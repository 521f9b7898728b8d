import { clippedMatches, NgramCounts } from './ngrams.ts';
import { joined } from './numbering.ts';
import { perPair, perText } from './per-text.ts';
import { plainWords, translatedSentences } from './plain-words.ts';
import type { TextMetric } from './types.ts';

const ORDER = 4;
/** What NLTK takes for a precision of zero: the smallest normal double. */
const SMALLEST = 2 ** -1022;

const ngrams = perText((_, text) => {
  const { sentences, length } = plainWords(text);
  return new NgramCounts(joined(sentences, length), ORDER);
});
const matches = perPair((candidate, reference) => {
  const words = joined(translatedSentences(candidate, reference), plainWords(candidate).length);
  return clippedMatches(words, ngrams(reference));
});

/**
 * BLEU up to n-grams of `order` with equal weights and no smoothing (Papineni et al., 2002, "BLEU: a method for
 * automatic evaluation of machine translation", section 2.3), as `sentence_bleu` of NLTK computes it on the
 * tokens of the ScienceQA evaluation: split at white space and full stops, case kept.
 */
export function bleu(order: 1 | 2 | 3 | 4): TextMetric {
  return {
    id: `bleu-${order}`,
    implementation: `NLTK 3.10.4 sentence_bleu, weights 1/${order}, no smoothing, tokens split at white space and "."`,
    range: [0, 1],
    score: (candidate, reference) => {
      const found = matches(candidate, reference);
      if (found[0] === 0) return 0;
      const length = plainWords(candidate).length;
      let logarithm = 0;
      for (let n = 0; n < order; n++) {
        const count = found[n] as number;
        logarithm += Math.log(count === 0 ? SMALLEST : count / Math.max(1, length - n)) / order;
      }
      return brevityPenalty(length, plainWords(reference).length) * Math.exp(logarithm);
    },
  };
}

function brevityPenalty(candidate: number, other: number): number {
  return candidate > other ? 1 : Math.exp(1 - other / candidate);
}
