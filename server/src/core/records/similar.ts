import { Edits } from './similar-edits.ts';
import { SimilarIndex } from './similar-index.ts';
import {
  type Compared,
  distanceFromLearning,
  imageDigest,
  imageSize,
  isElsewhere,
  isLike,
  isSameAnswer,
} from './similar-pair.ts';
import { type ComparedText, comparedText } from './similar-text.ts';
import type { Chunk, DatasetRecord, ImageFacts, RecordSource } from './types.ts';

/** A record that reads like another one, shows the same image and has the same answer. */
export interface Similar {
  readonly source: RecordSource;
  readonly split: string | null;
  /** Where it stands, when that is another file. */
  readonly file?: string;
  /** Jaccard similarity of the words of question, context and choices, three in a row; 1 when nothing differs. */
  readonly similarity: number;
  /** False for a record that asks the very same and has another gold answer. */
  readonly sameAnswer: boolean;
}

/** The records most like one, the first of them where several are. */
export interface Likeness {
  /** Of those before it that are in its split, or of which one is in no split. */
  readonly earlier: Similar | null;
  /** Of those in another split that is rather for testing; of equal splits, of those before it. */
  readonly elsewhere: Similar | null;
}

/** What has to be known of records besides their text. */
export interface SimilarOptions {
  readonly image: (record: DatasetRecord) => ImageFacts;
  readonly split: (record: DatasetRecord) => string | null;
  /** True for records of several files, in which the same id says nothing. */
  readonly ofSeveralFiles?: boolean;
}

interface Entry extends Compared {
  readonly chunk: Chunk;
  readonly text: KnownText;
}

/** One text and the records that have it: by size of their images and, of these, by all that counts. */
interface KnownText extends ComparedText {
  readonly entries: Map<string, Entry[]>;
  /** The first record of each group of interchangeable ones, made when asked for. */
  readonly firsts: Map<string, readonly Entry[]>;
}

/** When more records than this are gone at once, all are compared anew instead of those that were like them. */
const MANY = 64;
const ALIKE_IN_NOTHING: Likeness = { earlier: null, elsewhere: null };

/**
 * Which records of a dataset are like which others. What it says depends on the records alone, never on the edits
 * that led to them. An edit costs the records it touches and those that are like them; the first look at a dataset
 * costs a little more than reading its records, and can be taken in pieces.
 */
export class SimilarRecords {
  private readonly options: SimilarOptions;
  private readonly edits = new Edits();
  private readonly entries = new Map<Chunk, Entry>();
  private readonly texts = new Map<string, KnownText>();
  private readonly index = new SimilarIndex<KnownText>();
  /** Records whose likeness has to be found anew. */
  private readonly dirty = new Set<Entry>();
  private readonly known: WeakMap<Chunk, Likeness>;
  private readonly compared: WeakMap<Chunk, ComparedText>;

  /** @param before the same dataset's, under other options: what it says holds until it is found anew */
  constructor(options: SimilarOptions, before?: SimilarRecords) {
    this.options = options;
    this.known = before?.known ?? new WeakMap();
    this.compared = before?.compared ?? new WeakMap();
  }

  /** What is known of a chunk's record so far. */
  of(chunk: Chunk): Likeness {
    return this.known.get(chunk) ?? ALIKE_IN_NOTHING;
  }

  /**
   * Takes in how the dataset stands now.
   * @param mayGoOn asked before each record
   * @returns whether all is done, and the chunks of which something else is known than before
   */
  update(chunks: readonly Chunk[], mayGoOn: () => boolean): { done: boolean; changed: readonly Chunk[] } {
    const changed: Chunk[] = [];
    const gone = this.edits.follow(chunks);
    if (gone.length > MANY) for (const entry of this.entries.values()) this.dirty.add(entry);
    for (const chunk of gone) this.remove(chunk);
    for (const chunk of this.edits.waiting) {
      if (!mayGoOn()) return { done: false, changed };
      this.edits.waiting.delete(chunk);
      this.add(chunk);
    }
    for (const entry of this.dirty) {
      if (!mayGoOn()) return { done: false, changed };
      this.dirty.delete(entry);
      const [before, now] = [this.of(entry.chunk), this.likeness(entry)];
      if (isSame(before.earlier, now.earlier) && isSame(before.elsewhere, now.elsewhere)) continue;
      if (now.earlier || now.elsewhere) this.known.set(entry.chunk, now);
      else this.known.delete(entry.chunk);
      changed.push(entry.chunk);
    }
    return { done: true, changed };
  }

  private add(chunk: Chunk): void {
    const { source } = chunk;
    if (!source || source.problems.length > 0) return;
    const { record } = source;
    const text = this.textOf(chunk, record);
    if (!text) return;
    const answer = (record.answer !== null && record.choices[record.answer]) || null;
    const split = this.options.split(record);
    const entry = { chunk, source, split, answer, image: this.options.image(record), text };
    const size = imageSize(entry.image);
    const same = text.entries.get(size);
    if (same) same.push(entry);
    else text.entries.set(size, [entry]);
    text.firsts.delete(size);
    this.entries.set(chunk, entry);
    this.dirty.add(entry);
    this.outdateLike(entry);
  }

  private remove(chunk: Chunk): void {
    this.known.delete(chunk);
    const entry = this.entries.get(chunk);
    if (!entry) return;
    this.outdateLike(entry);
    this.dirty.delete(entry);
    this.entries.delete(chunk);
    const { text } = entry;
    const size = imageSize(entry.image);
    const left = text.entries.get(size)?.filter((other) => other !== entry) ?? [];
    text.firsts.delete(size);
    if (left.length > 0) text.entries.set(size, left);
    else text.entries.delete(size);
    if (text.entries.size > 0) return;
    this.texts.delete(text.exact);
    this.outdate(this.index.remove(text));
  }

  /** The text of the chunk's record, one object for all records that say the same; null when it has no words. */
  private textOf(chunk: Chunk, record: DatasetRecord): KnownText | null {
    let compared = this.compared.get(chunk);
    if (!compared) {
      compared = comparedText(record);
      this.compared.set(chunk, compared);
    }
    if (compared.shingles.length === 0) return null;
    let text = this.texts.get(compared.exact);
    if (!text) {
      text = { ...compared, entries: new Map(), firsts: new Map() };
      this.texts.set(text.exact, text);
      this.outdate(this.index.add(text));
    }
    return text;
  }

  /** Others see a record only as the first of its group: behind another one, it may come and go. */
  private outdateLike(entry: Entry): void {
    if (this.dirty.size === this.entries.size) return;
    const size = imageSize(entry.image);
    if (!this.firstsOf(entry.text, size).includes(entry)) return;
    for (const { text } of this.like(entry.text)) {
      for (const other of text.entries.get(size) ?? []) this.dirty.add(other);
    }
  }

  private outdate(texts: readonly KnownText[]): void {
    for (const { entries } of texts) {
      for (const same of entries.values()) for (const entry of same) this.dirty.add(entry);
    }
  }

  private likeness(entry: Entry): Likeness {
    let earlier: Candidate | null = null;
    let elsewhere: Candidate | null = null;
    for (const { text, similarity } of this.like(entry.text)) {
      for (const other of this.firstsOf(text, imageSize(entry.image))) {
        if (other === entry) continue;
        const found = { other, similarity };
        if (!isElsewhere(entry, other)) {
          if (!this.isBefore(other, entry) || !this.isBetter(found, earlier)) continue;
          if (isLike(entry, other, this.options.ofSeveralFiles)) earlier = found;
        } else if (this.isForLearning(entry, other) && this.isBetter(found, elsewhere)) {
          if (isLike(entry, other, this.options.ofSeveralFiles)) elsewhere = found;
        }
      }
    }
    return { earlier: similar(entry, earlier), elsewhere: similar(entry, elsewhere) };
  }

  /** The first of the records that have this text, images of this size, and the same image, split and answer. */
  private firstsOf({ entries, firsts }: KnownText, size: string): readonly Entry[] {
    const known = firsts.get(size);
    if (known) return known;
    const all = entries.get(size) ?? [];
    const groups = new Map<string, Entry>();
    for (const entry of all) {
      // Looking into images costs reading them: not for a record that has its text to itself.
      const key =
        all.length === 1 ? '' : JSON.stringify([imageDigest(entry.image), entry.split, entry.answer]);
      const first = groups.get(key);
      if (!first || this.isBefore(entry, first)) groups.set(key, entry);
    }
    const found = [...groups.values()];
    firsts.set(size, found);
    return found;
  }

  private isBefore(a: Entry, b: Entry): boolean {
    return this.edits.placeOf(a.chunk) < this.edits.placeOf(b.chunk);
  }

  /** True when the first record should give way to the second: its split is rather learned from, or it comes later. */
  private isForLearning(a: Entry, b: Entry): boolean {
    const [first, second] = [distanceFromLearning(a.split), distanceFromLearning(b.split)];
    return first === second ? this.isBefore(b, a) : first < second;
  }

  private isBetter(a: Candidate, b: Candidate | null): boolean {
    if (!b || a.similarity !== b.similarity) return !b || a.similarity > b.similarity;
    return this.isBefore(a.other, b.other);
  }

  /** The text itself and those like it. */
  private like(text: KnownText): readonly { readonly text: KnownText; readonly similarity: number }[] {
    return [{ text, similarity: 1 }, ...this.index.near(text)];
  }
}

interface Candidate {
  readonly other: Entry;
  readonly similarity: number;
}

function similar(entry: Entry, candidate: Candidate | null): Similar | null {
  if (!candidate) return null;
  const { other, similarity } = candidate;
  return { source: other.source, split: other.split, similarity, sameAnswer: isSameAnswer(entry, other) };
}

function isSame(a: Similar | null, b: Similar | null): boolean {
  if (!a || !b) return a === b;
  return (
    a.source === b.source &&
    a.split === b.split &&
    a.similarity === b.similarity &&
    a.sameAnswer === b.sameAnswer
  );
}
