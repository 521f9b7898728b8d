/** The part of the line that needs no model: what the rules say of records, and which records are like others. */
import { checkProblems, checkRecord, checkSplitIds, isOn } from '../annotations/engine.ts';
import { idsWithoutRecord } from '../annotations/rules/unknown-split-id.ts';
import type { Finding, RecordContext } from '../annotations/types.ts';
import type { DatasetDocument } from '../records/document.ts';
import { SimilarRecords } from '../records/similar.ts';
import { splitOf } from '../records/splits.ts';
import type { Chunk, ImageFacts, RecordSource } from '../records/types.ts';
import type { Surroundings } from './types.ts';

/** The rules for which records are compared with each other. */
const COMPARING = ['near-duplicate', 'split-leak'] as const;

interface FindingCache {
  readonly idCount: number;
  readonly findings: readonly Finding[];
}

/** The ids of the split table that no record has, and of which ids and first chunk that holds. */
interface SplitIds {
  readonly ids: object | null;
  readonly first: Chunk | undefined;
  readonly absent: readonly string[];
}

/** How far the records are compared. */
export interface Comparison {
  readonly done: boolean;
  /** Chunks of which something else is known than before. */
  readonly changed: readonly Chunk[];
}

/** Checks a dataset's records and keeps what the rules said for as long as it holds. */
export class RecordChecks {
  private readonly document: DatasetDocument;
  private around: Surroundings;
  private similar: SimilarRecords;
  private known = new WeakMap<Chunk, FindingCache>();
  private splitIds: SplitIds | null = null;
  /** As of the last comparison. */
  private toldSplitIds: SplitIds | null = null;

  constructor(document: DatasetDocument, around: Surroundings) {
    this.document = document;
    this.around = around;
    this.similar = similarIn(around);
  }

  /** Images, splits or rule settings are no longer what they were. */
  surroundingsChanged(around: Surroundings): void {
    this.around = around;
    this.similar = similarIn(around, this.similar);
    this.known = new WeakMap();
    this.splitIds = null;
  }

  /** What the rules say of a chunk; of its likeness to others, as far as the records are compared. */
  check(chunk: Chunk): readonly Finding[] {
    const findings = this.ownFindings(chunk);
    if (chunk !== this.document.chunks[0]) return findings;
    return [...checkSplitIds(this.readSplitIds().absent, this.around.rules), ...findings];
  }

  /**
   * Compares with each other what is not compared yet: records, if a rule that is on wants it, and their ids with
   * those of the splits.
   *
   * @param mayGoOn asked before each record
   */
  compare(mayGoOn: () => boolean): Comparison {
    const first = this.firstIfChanged();
    if (!COMPARING.some((rule) => isOn(rule, this.around.rules))) return { done: true, changed: first };
    const { done, changed } = this.similar.update(this.document.chunks, mayGoOn);
    for (const chunk of changed) this.known.delete(chunk);
    return { done, changed: [...first, ...changed] };
  }

  private ownFindings(chunk: Chunk): readonly Finding[] {
    const { source } = chunk;
    const idCount = source ? this.document.idCount(source.record.id) : 0;
    const cached = this.known.get(chunk);
    if (cached?.idCount === idCount) return cached.findings;
    const findings = source
      ? checkRecord(this.contextOf(source, chunk), this.around.rules)
      : checkProblems(chunk.problems, this.around.rules);
    this.known.set(chunk, { idCount, findings });
    return findings;
  }

  /** The chunks, old and new, that bear the finding on ids of the splits, when it has moved or says something else. */
  private firstIfChanged(): readonly Chunk[] {
    const before = this.toldSplitIds;
    const now = this.readSplitIds();
    this.toldSplitIds = now;
    if (!before || (before.absent.length === 0 && now.absent.length === 0)) return [];
    if (before.first === now.first && before.absent.join() === now.absent.join()) return [];
    return [...new Set([before.first, now.first])].filter((chunk) => chunk !== undefined);
  }

  private readSplitIds(): SplitIds {
    const { document, around } = this;
    const [first] = document.chunks;
    const ids = around.splits && document.idState;
    if (this.splitIds?.ids !== ids || this.splitIds.first !== first) {
      const absent = around.splits ? idsWithoutRecord(around.splits, (id) => document.idCount(id) > 0) : [];
      this.splitIds = { ids, first, absent };
    }
    return this.splitIds;
  }

  private contextOf(source: RecordSource, chunk: Chunk): RecordContext {
    const { around, document, similar } = this;
    const { text } = chunk;
    const { layout } = document;
    const idCount = (id: string) => document.idCount(id);
    return new LookingContext(around, { source, text, layout, idCount, likeness: similar.of(chunk) });
  }
}

/** A class, since an object literal with a getter takes ten times as long to make. */
class LookingContext implements RecordContext {
  readonly source: RecordSource;
  readonly text: string;
  readonly layout: RecordContext['layout'];
  readonly splits: RecordContext['splits'];
  readonly idCount: RecordContext['idCount'];
  readonly likeness: RecordContext['likeness'];
  private readonly around: Surroundings;
  private knownImage: ImageFacts | null = null;

  constructor(around: Surroundings, known: Omit<RecordContext, 'image' | 'splits'>) {
    this.source = known.source;
    this.text = known.text;
    this.layout = known.layout;
    this.splits = around.splits;
    this.idCount = known.idCount;
    this.likeness = known.likeness;
    this.around = around;
  }

  /** Looking at the image means asking for a file: it is done when a rule asks, and then not again. */
  get image(): ImageFacts {
    this.knownImage ??= this.around.image(this.source.record);
    return this.knownImage;
  }
}

function similarIn({ image, splits }: Surroundings, before?: SimilarRecords): SimilarRecords {
  return new SimilarRecords({ image, split: (record) => splitOf(record, splits) }, before);
}
