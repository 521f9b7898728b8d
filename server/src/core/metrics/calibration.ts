/** How far stated confidences are from what they should be. */
export interface Calibration {
  /** Outputs whose confidence is known and whose record has a gold answer. */
  readonly n: number;
  /** Expected calibration error, 0 to 1. */
  readonly error: number;
  /** Mean confidence, 0 to 1. */
  readonly confidence: number;
  /** Share that is right, 0 to 1. */
  readonly accuracy: number;
  /** Number of equally wide bins. */
  readonly bins: number;
}

/** An output whose model says how sure it is, 0 to 1. */
export interface Stated {
  readonly confidence: number;
  readonly correct: boolean;
}

const BINS = 15;

/**
 * The expected calibration error (Guo et al., 2017, "On calibration of modern neural networks", equation 3, with
 * their 15 bins): the gap between confidence and accuracy in bins of equal width, open below and closed above,
 * weighted by how many outputs each holds. A confidence of 0 falls into the lowest. Null when none is known.
 */
export function calibration(stated: readonly Stated[]): Calibration | null {
  const n = stated.length;
  if (n === 0) return null;
  const bins = Map.groupBy(stated, ({ confidence }) => Math.max(1, Math.ceil(confidence * BINS)));
  let error = 0;
  for (const bin of bins.values()) error += Math.abs(rightOf(bin) - sumOf(bin)) / n;
  return { n, error, confidence: sumOf(stated) / n, accuracy: rightOf(stated) / n, bins: BINS };
}

function rightOf(stated: readonly Stated[]): number {
  return stated.filter(({ correct }) => correct).length;
}

function sumOf(stated: readonly Stated[]): number {
  return stated.reduce((sum, { confidence }) => sum + confidence, 0);
}
