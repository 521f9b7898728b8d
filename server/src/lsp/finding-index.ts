import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from 'vscode-languageserver/node';
import { withLine } from '../core/annotations/similarity.ts';
import type { Finding } from '../core/annotations/types.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { Chunk, RecordSource } from '../core/records/types.ts';
import type { Position } from '../core/span.ts';
import { chunkStart, moveTo, toChunkDiagnostic, toRange } from './convert.ts';
import { cap, count, type Listed, type Totals } from './finding-cap.ts';
import { samePosition } from './range.ts';

/** How much is known of a chunk: nothing current, what the record rules say, or what the models' results add. */
const STALE = 0;
const RECORD_CHECKED = 1;
const RESULTS_CHECKED = 2;
const LEVELS = [RECORD_CHECKED, RESULTS_CHECKED] as const;

/** An edit that touches more records than this is left to the background, like opening a file. */
const EDITED_AT_ONCE = 64;
/** How often a slice of work looks at the clock. */
const CHECKED_BETWEEN_LOOKS = 8;
/** What comparing an edited record with all others may take before it is left to the background. Milliseconds. */
const COMPARED_AT_ONCE = 4;

/** A document and what is to be said of its chunks: a dataset's pipeline, or an outputs file's. */
export type Checked = Pick<Pipeline, 'document' | 'checkRecord' | 'findings'> &
  Partial<Pick<Pipeline, 'compareRecords'>>;

interface Entry extends Listed {
  level: 0 | 1 | 2;
  readonly findings: readonly Finding[];
  /** Ranges count from the chunk's start. */
  readonly relative: readonly Diagnostic[];
  /** The diagnostics as last reported, where the chunk then started, and the lines of the records it is compared with. */
  placed: {
    readonly origin: Position;
    readonly lines: readonly (number | null)[];
    readonly diagnostics: readonly Diagnostic[];
  } | null;
}

export interface FindingReport {
  /** The same as long as the report says the same. */
  readonly id: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The findings of one open dataset, kept by chunk beside the document's own list of chunks. An edit costs
 * the chunks it replaced; the rest of a large file is checked in slices. What is out of date stays on show
 * until its replacement is known.
 */
export class FindingIndex {
  private readonly pipeline: Checked;
  private readonly rulePages: string;
  private chunks: Chunk[] = [];
  private entries: (Entry | null)[] = [];
  /** Of all entries. */
  private readonly totals: Totals = [0, 0, 0, 0, 0];
  /** For each level, the first chunk that may not have reached it. */
  private readonly reached: Record<1 | 2, number> = { [RECORD_CHECKED]: 0, [RESULTS_CHECKED]: 0 };
  /** Whether the records are compared with each other, which comes last. */
  private compared = false;
  private lastEdited: Chunk | null = null;
  private reported: readonly Diagnostic[] | null = null;
  private readonly name = crypto.randomUUID();
  private changes = 0;
  private reports = 0;

  /** @param rulePages URI of the folder of the rules' pages */
  constructor(pipeline: Checked, rulePages: string) {
    this.pipeline = pipeline;
    this.rulePages = rulePages;
  }

  /** Takes in what was edited since the last call, and checks the records concerned unless they are many. */
  sync(): void {
    const before = this.chunks;
    const after = this.pipeline.document.chunks;
    let start = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) start++;
    if (start === before.length && start === after.length) return;
    this.changes++;
    let endBefore = before.length;
    let endAfter = after.length;
    while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) {
      endBefore--;
      endAfter--;
    }
    const isFirst = before.length === 0;
    const removed = before.slice(start, endBefore);
    const added = after.slice(start, endAfter);
    this.chunks = replaced(this.chunks, start, endBefore, added);
    for (const entry of this.entries.slice(start, endBefore)) if (entry) count(this.totals, entry, -1);
    const unknown = new Array<null>(added.length).fill(null);
    this.entries = replaced(this.entries, start, endBefore, unknown);
    if (isFirst || added.length > EDITED_AT_ONCE) {
      for (const level of LEVELS) this.reached[level] = Math.min(this.reached[level], start);
      this.compared = false;
      return;
    }
    for (const level of LEVELS) {
      if (this.reached[level] > start) this.reached[level] += added.length - removed.length;
    }
    this.lastEdited = added.find((chunk) => chunk.source) ?? null;
    if (this.compared) this.compare(performance.now() + COMPARED_AT_ONCE);
    for (let index = start; index < endAfter; index++) this.check(index, RESULTS_CHECKED);
    for (const index of this.sharingIds(removed, added)) this.check(index, RESULTS_CHECKED);
  }

  /** False while there is something for `work` to do. */
  get complete(): boolean {
    this.sync();
    return this.compared && this.reached[RESULTS_CHECKED] >= this.entries.length;
  }

  /**
   * Checks what is not checked yet. True when all is done.
   * @param until when to stop, in milliseconds of `performance.now`
   * @param atLeast the record rules are applied to so many chunks even so
   */
  work(until: number, atLeast = 0): boolean {
    this.sync();
    for (const level of LEVELS) {
      const bound = level === RECORD_CHECKED ? atLeast : 0;
      for (; this.reached[level] < this.entries.length; this.reached[level]++) {
        const index = this.reached[level];
        const mayStop = index >= bound && index % CHECKED_BETWEEN_LOOKS === 0;
        if (mayStop && performance.now() >= until) return false;
        if ((this.entries[index]?.level ?? STALE) < level) this.check(index, level);
      }
    }
    if (this.compared) return true;
    this.compare(until);
    return this.complete || (this.compared && this.work(until));
  }

  /** Differs whenever the records, or what is stored or known about them, may differ. */
  get state(): string {
    this.sync();
    return `${this.name}:${this.changes}`;
  }

  /**
   * Marks findings as out of date: `work` makes them again.
   * @param concerns whether a chunk is concerned; null when all are, as when rules, images, splits or runs have changed
   */
  outdate(concerns: ((chunk: Chunk) => boolean) | null): void {
    this.sync();
    this.changes++;
    if (!concerns) this.compared = false;
    this.markStale(concerns ?? (() => true));
  }

  /** What is known of a chunk so far. */
  known(index: number): readonly Finding[] {
    return this.entries[index]?.findings ?? [];
  }

  /** What is known of a chunk; checks it when nothing is. */
  findings(index: number): readonly Finding[] {
    this.sync();
    const entry = this.entries[index];
    return entry && entry.level === RESULTS_CHECKED
      ? entry.findings
      : this.check(index, RESULTS_CHECKED).findings;
  }

  /** The diagnostics to show, at most as many as editors take, those of the record edited last among them. */
  report(): FindingReport {
    this.sync();
    const { document } = this.pipeline;
    const edited = this.lastEdited ? this.chunks.indexOf(this.lastEdited) : -1;
    const { shown, left } = cap(this.entries, this.totals, edited);
    const diagnostics: Diagnostic[] = [];
    for (const { index, which } of shown) {
      const placed = this.placed(index, chunkStart(document, index));
      if (which) diagnostics.push(...which.map((i) => placed[i] as Diagnostic));
      else diagnostics.push(...placed);
    }
    if (left) diagnostics.push(left);
    if (!this.reported || !sameList(this.reported, diagnostics)) {
      this.reported = diagnostics;
      this.reports++;
    }
    return { id: `${this.name}:${this.reports}`, diagnostics };
  }

  private markStale(concerns: (chunk: Chunk) => boolean): void {
    for (const [index, entry] of this.entries.entries()) {
      if (!entry || !concerns(this.chunks[index] as Chunk)) continue;
      entry.level = STALE;
      for (const level of LEVELS) this.reached[level] = Math.min(this.reached[level], index);
    }
  }

  /** Compares the records with each other; those of which something else is then to be said are out of date. */
  private compare(until: number): void {
    const comparison = this.pipeline.compareRecords?.(() => performance.now() < until);
    this.compared = comparison?.done ?? true;
    const changed = new Set(comparison?.changed);
    if (changed.size === 0) return;
    this.changes++;
    this.markStale((chunk) => changed.has(chunk));
  }

  private check(index: number, level: 1 | 2): Entry {
    const chunk = this.chunks[index] as Chunk;
    const { pipeline } = this;
    const findings = level === RECORD_CHECKED ? pipeline.checkRecord(chunk) : pipeline.findings(chunk);
    const relative = findings.map((f) => toChunkDiagnostic(pipeline.document, index, f, this.rulePages));
    const entry: Entry = { level, findings, relative, placed: null };
    const before = this.entries[index];
    if (before) count(this.totals, before, -1);
    count(this.totals, entry, 1);
    this.entries[index] = entry;
    return entry;
  }

  /** The chunks elsewhere whose ids the edit has made more or less unique. */
  private sharingIds(removed: readonly Chunk[], added: readonly Chunk[]): number[] {
    const balance = new Map<string, number>();
    for (const id of idsOf(removed)) balance.set(id, (balance.get(id) ?? 0) - 1);
    for (const id of idsOf(added)) balance.set(id, (balance.get(id) ?? 0) + 1);
    if ([...balance.values()].every((change) => change === 0)) return [];
    return this.chunks.flatMap(({ source }, index) => (source && balance.get(source.record.id) ? index : []));
  }

  /** The line of a record, counted from 1; null when another one bears its id, or it has just gone. */
  private lineOf(other: RecordSource): number | null {
    const { document } = this.pipeline;
    const index = document.find(other.record.id);
    if (index === undefined || document.chunks[index]?.source !== other) return null;
    return toRange(document, index, other.idSpan).start.line + 1;
  }

  private placed(index: number, origin: Position): readonly Diagnostic[] {
    const entry = this.entries[index] as Entry;
    const lines = entry.findings.flatMap(({ other }) => (other ? this.lineOf(other) : []));
    const { placed } = entry;
    const isSame =
      placed && samePosition(placed.origin, origin) && placed.lines.every((n, i) => n === lines[i]);
    if (isSame) return placed.diagnostics;
    const left = [...lines];
    const diagnostics = entry.relative.map((relative, i) => {
      const diagnostic = moveTo(origin, relative);
      const other = entry.findings[i]?.other;
      const line = other ? (left.shift() ?? null) : null;
      if (!other || line === null) return diagnostic;
      const { message } = entry.findings[i] as Finding;
      return { ...diagnostic, message: withLine(message, other, line) };
    });
    entry.placed = { origin, lines, diagnostics };
    return diagnostics;
  }
}

function idsOf(chunks: readonly Chunk[]): string[] {
  return chunks.flatMap(({ source }) => source?.record.id ?? []);
}

/** The list with the items from `start` to `end` replaced; the very list when nothing has to move. */
function replaced<T>(list: T[], start: number, end: number, items: readonly T[]): T[] {
  if (items.length !== end - start) return list.slice(0, start).concat(items, list.slice(end));
  items.forEach((item, i) => {
    list[start + i] = item;
  });
  return list;
}

/** Compares by identity first: after an edit all but a few diagnostics are the very same objects. */
function sameList(a: readonly Diagnostic[], b: readonly Diagnostic[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i] || isDeepStrictEqual(item, b[i]));
}
