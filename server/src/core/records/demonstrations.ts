import { byHash } from './sample.ts';
import { LEAST_SIMILARITY } from './similar-index.ts';
import { type Compared, isLike } from './similar-pair.ts';
import { comparedText, jaccard } from './similar-text.ts';
import type { Chunk, DatasetRecord, ImageFacts, RecordSource } from './types.ts';

/** What solved records are wanted. */
export interface DemonstrationWish {
  readonly count: number;
  /** `topic`: of the record's own topic first, then of its subject, then any. */
  readonly by: 'topic' | 'any';
  readonly split: string;
  readonly seed: number;
  /** Only records whose solution says why. */
  readonly withSolution: boolean;
}

/** What has to be known of records besides their text. */
export interface DemonstrationOptions {
  readonly image: (record: DatasetRecord) => ImageFacts;
  readonly split: (record: DatasetRecord) => string | null;
}

/** A record that may be shown, compared with others when first asked. */
interface Candidate {
  readonly source: RecordSource;
  compared: Compared | null;
}

/**
 * The solved records that go before a question. They come from one split, never are the record itself nor one that
 * is like it (as `near-duplicate` and `split-leak` mean it), and are the same ones for every record of a topic, as far
 * as that allows: what they say can then be computed once.
 */
export class Demonstrations {
  private readonly pool: readonly Candidate[];
  private readonly byTopic: ReadonlyMap<string, readonly Candidate[]>;
  private readonly bySubject: ReadonlyMap<string, readonly Candidate[]>;
  private chunks: readonly Chunk[];
  private readonly options: DemonstrationOptions;
  private readonly wish: DemonstrationWish;

  constructor(chunks: readonly Chunk[], wish: DemonstrationWish, options: DemonstrationOptions) {
    this.chunks = [...chunks];
    this.wish = wish;
    this.options = options;
    const solved = chunks.flatMap(({ source }): Candidate[] =>
      source && this.isUsable(source) ? [{ source, compared: null }] : [],
    );
    this.pool = byHash(solved, ({ source }) => source.record.id, wish.seed);
    this.byTopic = Map.groupBy(this.pool, ({ source }) => source.record.topic);
    this.bySubject = Map.groupBy(this.pool, ({ source }) => source.record.subject);
  }

  /** True when nothing that may be shown has changed: the same records are shown as before. */
  follow(chunks: readonly Chunk[]): boolean {
    const before = this.chunks;
    if (chunks.length !== before.length) return false;
    const isTouched = chunks.some(
      (chunk, i) =>
        chunk !== before[i] &&
        [chunk, before[i]].some((one) => one?.source != null && this.isUsable(one.source)),
    );
    if (!isTouched) this.chunks = [...chunks];
    return !isTouched;
  }

  /** Fewer than wanted when there are no more. */
  for(source: RecordSource): readonly RecordSource[] {
    const { record } = source;
    const own = this.comparedOf(source);
    const chosen = new Set<Candidate>();
    for (const candidate of this.inTurn(record)) {
      if (chosen.size >= this.wish.count) break;
      if (candidate.source.record.id !== record.id && this.isUnlike(own, candidate)) chosen.add(candidate);
    }
    return [...chosen].map((candidate) => candidate.source);
  }

  private *inTurn({ topic, subject }: DatasetRecord): Iterable<Candidate> {
    if (this.wish.by === 'topic') {
      yield* this.byTopic.get(topic) ?? [];
      yield* this.bySubject.get(subject) ?? [];
    }
    yield* this.pool;
  }

  private isUsable({ record, problems }: RecordSource): boolean {
    const { split, withSolution } = this.wish;
    const isSolved = record.answer !== null && record.choices[record.answer] !== undefined;
    if (problems.length > 0 || !isSolved || this.options.split(record) !== split) return false;
    return !withSolution || record.solution.trim() !== '';
  }

  /** True for one that can be shown beside the record. */
  private isUnlike(own: Compared, candidate: Candidate): boolean {
    candidate.compared ??= this.comparedOf(candidate.source);
    const { text, image } = candidate.compared;
    if (image.state !== 'ok' && image.state !== 'none') return false;
    if (text.exact === own.text.exact) {
      // `isLike` takes texts that say the same to be one object.
      return !isLike(own, { ...candidate.compared, text: own.text });
    }
    return jaccard(text.shingles, own.text.shingles) < LEAST_SIMILARITY || !isLike(own, candidate.compared);
  }

  private comparedOf(source: RecordSource): Compared {
    const { record } = source;
    const answer = (record.answer !== null && record.choices[record.answer]) || null;
    const [split, image] = [this.options.split(record), this.options.image(record)];
    return { source, split, answer, image, text: comparedText(record) };
  }
}
