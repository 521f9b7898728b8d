import { BANDS, type ComparedText, jaccard } from './similar-text.ts';

/** Texts less alike than this are never reported: below it, the index finds only some of them. */
export const LEAST_SIMILARITY = 0.7;
/**
 * Words that so many different texts of a dataset share are its boilerplate, such as an instruction before every
 * question, and say nothing of a text. It also bounds what a search costs.
 */
const MOST_IN_BUCKET = 256;

/** The texts that share a band: nearly always one, which then needs no list. */
type Bucket<Text> = Text | Text[];

/** Different texts, found by likeness: locality-sensitive hashing over the bands of their MinHash signatures. */
export class SimilarIndex<Text extends ComparedText> {
  private readonly buckets: readonly Map<number, Bucket<Text>>[] = Array.from(
    { length: BANDS },
    () => new Map(),
  );

  /** Returns the texts whose neighbours may now be fewer because what they share has become boilerplate. */
  add(text: Text): readonly Text[] {
    const crowded: Text[] = [];
    for (let band = 0; band < BANDS; band++) {
      const [buckets, hash] = [this.band(band), text.bands[band] as number];
      const bucket = buckets.get(hash);
      if (bucket === undefined) buckets.set(hash, text);
      else if (!Array.isArray(bucket)) buckets.set(hash, [bucket, text]);
      else if (bucket.push(text) === MOST_IN_BUCKET + 1) crowded.push(...bucket);
    }
    return crowded;
  }

  /** Returns the texts whose neighbours may now be more because what they share is boilerplate no longer. */
  remove(text: Text): readonly Text[] {
    const crowded: Text[] = [];
    for (let band = 0; band < BANDS; band++) {
      const [buckets, hash] = [this.band(band), text.bands[band] as number];
      const bucket = buckets.get(hash);
      if (!Array.isArray(bucket)) {
        buckets.delete(hash);
        continue;
      }
      bucket.splice(bucket.indexOf(text), 1);
      if (bucket.length === 1) buckets.set(hash, bucket[0] as Text);
      if (bucket.length === MOST_IN_BUCKET) crowded.push(...bucket);
    }
    return crowded;
  }

  /** The other texts that are like this one, each with its Jaccard similarity. */
  near(text: Text): readonly { readonly text: Text; readonly similarity: number }[] {
    const found: { text: Text; similarity: number }[] = [];
    const seen = new Set<Text>();
    for (let band = 0; band < BANDS; band++) {
      const bucket = this.band(band).get(text.bands[band] as number);
      if (!Array.isArray(bucket) || bucket.length > MOST_IN_BUCKET) continue;
      for (const other of bucket) {
        if (other === text || seen.has(other)) continue;
        seen.add(other);
        if (isTooLong(text, other) || isTooLong(other, text)) continue;
        const similarity = jaccard(text.shingles, other.shingles);
        if (similarity >= LEAST_SIMILARITY) found.push({ text: other, similarity });
      }
    }
    return found;
  }

  private band(band: number): Map<number, Bucket<Text>> {
    return this.buckets[band] as Map<number, Bucket<Text>>;
  }
}

/** True when the second text is so short that the two cannot be alike. */
function isTooLong(a: ComparedText, b: ComparedText): boolean {
  return b.shingles.length < LEAST_SIMILARITY * a.shingles.length;
}
