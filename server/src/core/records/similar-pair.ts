import { type ComparedText, jaccard, shinglesOf } from './similar-text.ts';
import type { ImageFacts, RecordSource } from './types.ts';

/** Answers of records that read alike are the same but for a name when they have this much in common. */
const SAME_ANSWER = 0.5;

/** A record with all that it is compared by. */
export interface Compared {
  readonly source: RecordSource;
  readonly split: string | null;
  /** The text of the gold answer; null when there is none. */
  readonly answer: string | null;
  readonly image: ImageFacts;
  /** One object for all records that say the same. */
  readonly text: ComparedText;
}

/**
 * True for two records whose texts are alike when all else is, too: the image, the numbers and the answer. Records
 * that say the very same are alike with whatever answers. `duplicate-id` speaks of those of one file with one id.
 */
export function isLike(a: Compared, b: Compared, ofSeveralFiles = false): boolean {
  if (!ofSeveralFiles && a.source.record.id === b.source.record.id) return false;
  if (!isSameImage(a.image, b.image)) return false;
  return a.text === b.text || (a.text.numbers === b.text.numbers && isSameAnswer(a, b));
}

/** True when the answers are the same but for a name, or one is not known. */
export function isSameAnswer({ answer: a }: Compared, { answer: b }: Compared): boolean {
  if (a === null || b === null || a.trim() === b.trim()) return true;
  // "BB" and "Bb" are two genotypes: answers that differ in case alone are not the same.
  if (a.toLowerCase() === b.toLowerCase()) return false;
  return jaccard(shinglesOf([a]), shinglesOf([b])) >= SAME_ANSWER;
}

export function isElsewhere(a: Compared, b: Compared): boolean {
  return a.split !== null && b.split !== null && a.split !== b.split;
}

/** 0 for a split to learn from, 2 for one to test with, 1 for one between such as a validation split. */
export function distanceFromLearning(split: string | null): number {
  if (split === null || /train/i.test(split)) return 0;
  return /test/i.test(split) ? 2 : 1;
}

/** Tells most different images apart without reading them. */
export function imageSize(image: ImageFacts): string {
  switch (image.state) {
    case 'none':
      return '';
    case 'ok':
      return `${image.width} ${image.height} ${image.bytes}`;
    default:
      return image.path;
  }
}

/** Of the image's content; empty for an image that cannot be read, or no longer. */
export function imageDigest(image: ImageFacts): string {
  try {
    return image.state === 'ok' ? image.digest : '';
  } catch {
    return '';
  }
}

/** An image that cannot be read is like no other. */
function isSameImage(a: ImageFacts, b: ImageFacts): boolean {
  if (a.state === 'none') return b.state === 'none';
  const digest = imageDigest(a);
  return digest !== '' && digest === imageDigest(b);
}
