/** The study's five means over a set of outputs. All but the cosine lie between 0 and 1. */
export interface StudyMeans {
  readonly bleu1: number;
  readonly bleu4: number;
  readonly rougeL: number;
  readonly meteor: number;
  /** Cosine of the sentence embeddings, between -1 and 1; null where none were made. */
  readonly cosine: number | null;
}

/** Which cosine is averaged: the study took `raw` on the validation split and `normalised`, (x + 1) / 2, on test. */
export type StudyCosine = 'raw' | 'normalised';

/** The study's one number for a model. */
export interface StudyOverall {
  /** In percent; null without a cosine, for four of the five are another number. */
  readonly value: number | null;
  readonly formula: string;
  readonly cosine: StudyCosine;
  /** In percent: what empty outputs get, their embedding taken as unrelated to any text (raw cosine 0). */
  readonly floor: number;
}

/** The mean of BLEU-1, BLEU-4, ROUGE-L, METEOR and the cosine, × 100. */
export function studyOverall(means: StudyMeans, cosine: StudyCosine): StudyOverall {
  const { bleu1, bleu4, rougeL, meteor } = means;
  const taken = cosine === 'raw' ? 'cosine' : '(cosine + 1) / 2';
  const term = (raw: number) => (cosine === 'raw' ? raw : (raw + 1) / 2);
  return {
    value: means.cosine === null ? null : (100 * (bleu1 + bleu4 + rougeL + meteor + term(means.cosine))) / 5,
    formula: `100 × (BLEU-1 + BLEU-4 + ROUGE-L + METEOR + ${taken}) / 5`,
    cosine,
    floor: (100 * term(0)) / 5,
  };
}
