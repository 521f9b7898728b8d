import { clippedMatches, NgramCounts } from './ngrams.ts';
import { perText } from './per-text.ts';
import { splitWords } from './python-text.ts';
import type { TextMetric } from './types.ts';

const ORDER = 6;
/** β²: recall weighs twice as much as precision. */
const BETA_SQUARED = 4;

const characters = perText((text) => codePoints(splitWords(text).join('')));
const reference = perText((text) => {
  const symbols = codePoints(splitWords(text).join(''));
  return { length: symbols.length, ngrams: new NgramCounts(symbols, ORDER) };
});

/**
 * chrF2 on character n-grams up to 6, white space left out (Popović, 2015, "chrF: character n-gram F-score for
 * automatic MT evaluation", section 2), with the orders averaged that both texts have, as sacrebleu does.
 */
export const chrf: TextMetric = {
  id: 'chrf',
  implementation: 'sacrebleu 2.6.0 CHRF().sentence_score: nc:6, nw:0, space:no, case:mixed, eff:yes',
  range: [0, 100],
  score: (candidate, other) => {
    const symbols = characters(candidate);
    const { length, ngrams } = reference(other);
    const orders = Math.min(ORDER, symbols.length, length);
    if (orders === 0) return 0;
    const matches = clippedMatches(symbols, ngrams);
    let precision = 0;
    let recall = 0;
    for (let n = 0; n < orders; n++) {
      precision += (matches[n] as number) / (symbols.length - n);
      recall += (matches[n] as number) / (length - n);
    }
    precision /= orders;
    recall /= orders;
    if (precision + recall === 0) return 0;
    return (100 * (1 + BETA_SQUARED) * precision * recall) / (BETA_SQUARED * precision + recall);
  },
};

/** Code points, as Python counts characters. */
function codePoints(text: string): Uint32Array {
  const points = new Uint32Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) as number;
    points[length++] = point;
    if (point > 0xffff) at++;
  }
  return points.subarray(0, length);
}
