import { bleu } from './bleu.ts';
import { chrf } from './chrf.ts';
import { cosine, type SentenceVectors } from './cosine.ts';
import { exactMatch } from './exact-match.ts';
import { meteor } from './meteor.ts';
import { rougeL } from './rouge-l.ts';
import { rougeLPackage } from './rouge-l-package.ts';
import { rougeN } from './rouge-n.ts';
import type { TextMetric, WordNet } from './types.ts';

/** Every text metric, in the order in which they are reported; the cosine where there are sentence vectors. */
export function textMetrics(wordNet: WordNet, vectors: SentenceVectors | null = null): readonly TextMetric[] {
  return [
    bleu(1),
    bleu(2),
    bleu(3),
    bleu(4),
    rougeN(1, 'plain'),
    rougeN(2, 'plain'),
    rougeL('plain'),
    rougeN(1, 'stem'),
    rougeN(2, 'stem'),
    rougeL('stem'),
    rougeLPackage,
    meteor(wordNet),
    chrf,
    exactMatch,
    ...(vectors ? [cosine(vectors)] : []),
  ];
}
