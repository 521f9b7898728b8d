import type { Counted } from '../judgements/types.ts';
import type { DatasetRecord } from '../records/types.ts';
import { share } from './share.ts';
import { DIMENSIONS } from './slices.ts';
import type { Quadrants, Report, SliceRow } from './types.ts';

/** A judgement and the record it is of. */
export interface JudgedRecord {
  readonly record: DatasetRecord;
  readonly judgement: Counted;
}

/** The numbers of a set of judgements. */
export function report(items: readonly JudgedRecord[]): Report {
  const graded = items.filter(({ record }) => hasGold(record));
  const mapped = items.filter(isMapped);
  const correct = countCorrect(items);
  const comparable = items.filter(({ judgement }) => judgement.contradiction !== null);
  const contradicting = comparable.filter(({ judgement }) => judgement.contradiction === true);
  const quadrants = quadrantsOf(comparable.filter(({ record }) => hasGold(record)));
  return {
    n: items.length,
    mapped: mapped.length,
    correct,
    ungraded: items.length - graded.length,
    coverage: share(mapped.length, items.length),
    accuracy: share(correct, graded.length),
    accuracyMapped: share(correct, graded.filter(isMapped).length),
    contradictions: share(contradicting.length, comparable.length),
    quadrants,
    reasoningToError: share(quadrants.reasoningOnly, quadrants.n),
    slices: slicesOf(graded),
    reader: [...new Set(items.map(({ judgement }) => judgement.reading.reader))].join(', '),
  };
}

function slicesOf(graded: readonly JudgedRecord[]): SliceRow[] {
  return DIMENSIONS.flatMap(({ id, of }) => {
    const groups = Map.groupBy(graded, ({ record }) => of(record));
    groups.delete('');
    return [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([value, group]) => ({
        dimension: id,
        value,
        accuracy: share(countCorrect(group), group.length),
      }));
  });
}

function quadrantsOf(items: readonly JudgedRecord[]): Quadrants {
  const counts = { n: items.length, both: 0, reasoningOnly: 0, conclusionOnly: 0, neither: 0 };
  for (const { record, judgement } of items) {
    const reasoning = judgement.asserted?.choice === record.answer;
    const conclusion = judgement.reading.choice === record.answer;
    counts[reasoning ? (conclusion ? 'both' : 'reasoningOnly') : conclusion ? 'conclusionOnly' : 'neither']++;
  }
  return counts;
}

function countCorrect(items: readonly JudgedRecord[]): number {
  return items.filter(({ judgement }) => judgement.verdict === 'correct').length;
}

function isMapped({ judgement }: JudgedRecord): boolean {
  return judgement.reading.choice !== null;
}

/** True when the record's gold answer names one of its choices. */
export function hasGold(record: DatasetRecord): boolean {
  return record.answer !== null && record.answer >= 0 && record.answer < record.choices.length;
}
