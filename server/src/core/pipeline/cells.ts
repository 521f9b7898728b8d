/** From a cell's runs to its numbers. */
import { exactMcNemar } from '../metrics/mcnemar.ts';
import { type PlacedAnswer, positions } from '../metrics/positions.ts';
import { discordant } from '../metrics/race.ts';
import { share } from '../metrics/share.ts';
import type { CellResult, MatrixCell, VariedResult } from './matrix-types.ts';
import type { RunReport } from './types.ts';
import { askedRecord } from './variations.ts';

interface CellSource
  extends Partial<Pick<CellResult, 'state' | 'why' | 'unfair' | 'isBest' | 'pAgainstBest'>> {
  readonly cell: MatrixCell;
  readonly total: number;
  /** Null: nothing is known of it yet. */
  readonly report?: RunReport | null;
  readonly varied?: readonly (readonly [name: string, report: RunReport | null])[];
}

/** The numbers of a cell as far as it is. */
export function cellResult({ cell, total, report = null, varied = [], ...known }: CellSource): CellResult {
  const nothing = share(0, 0);
  return {
    ...{ cell, total, state: 'waiting', why: null, unfair: null, isBest: false, pAgainstBest: null },
    ...known,
    runId: report?.run.id ?? '',
    n: report?.report.n ?? 0,
    accuracy: report?.report.accuracy ?? nothing,
    coverage: report?.report.coverage ?? nothing,
    contradictions: report?.report.contradictions ?? nothing,
    failed: report?.failed ?? 0,
    failure: report?.failure ?? null,
    promptTokens: report?.promptTokens ?? 0,
    outputTokens: report?.tokens ?? 0,
    secondsPerRecord: report?.recordsPerSecond ? 1 / report.recordsPerSecond : null,
    cost: report?.cost ?? null,
    positions: positions(report ? placed(report) : []),
    variations: Object.fromEntries(
      varied.flatMap(([name, other]) =>
        report && other && other.report.n > 0 ? [[name, variedResult(report, other)] as const] : [],
      ),
    ),
  };
}

/** Which records a run has right; those without a gold answer are left out. */
export function rightness(report: RunReport | null): ReadonlyMap<string, boolean> {
  return new Map(
    (report?.results ?? []).flatMap(({ source: { record }, result: { judgement } }) =>
      judgement.verdict === 'ungraded' ? [] : [[record.id, judgement.verdict === 'correct'] as const],
    ),
  );
}

/**
 * The results of one model's cells, each held against the best fair one that is done: the most accurate, and of equals
 * the one that writes least.
 */
export function finished(
  cells: readonly { readonly result: CellResult; readonly right: ReadonlyMap<string, boolean> }[],
): CellResult[] {
  const [best] = cells
    .filter(({ result }) => result.unfair === null && result.state === 'done' && result.n > 0)
    .sort(
      ({ result: a }, { result: b }) =>
        b.accuracy.value - a.accuracy.value ||
        a.outputTokens - b.outputTokens ||
        a.promptTokens - b.promptTokens,
    );
  return cells.map(({ result, right }) => {
    const isBest = result === best?.result;
    const isCompared = best !== undefined && !isBest && result.n > 0;
    const pAgainstBest = isCompared ? exactMcNemar(...discordant(best.right, right)).p : null;
    return { ...result, isBest, pAgainstBest };
  });
}

function variedResult(report: RunReport, other: RunReport): VariedResult {
  const before = new Map(
    report.results.map(({ source, result }) => [source.record.id, result.judgement.reading.choice]),
  );
  const shared = other.results.flatMap(({ source, result }) => {
    const choice = before.get(source.record.id);
    return choice === undefined ? [] : [{ source, before: choice, now: result.judgement.reading.choice }];
  });
  const placesOf = (source: (typeof shared)[number]['source']) =>
    askedRecord(source, other.run.variation)?.places ?? null;
  const moved = shared.filter(
    ({ source, before: choice, now }) => placesOf(source) && choice !== null && now !== null,
  );
  return {
    runId: other.run.id,
    accuracy: other.report.accuracy,
    changed: share(shared.filter((one) => one.before !== one.now).length, shared.length),
    samePosition:
      moved.length === 0
        ? null
        : share(
            moved.filter((one) => placesOf(one.source)?.indexOf(one.now as number) === one.before).length,
            moved.length,
          ),
    positions: positions(placed(other)),
  };
}

/** The answers of a run by position as the model was shown them. */
function placed({ run, results }: RunReport): PlacedAnswer[] {
  return results.map(({ source, result }) => {
    const { choices, answer } = source.record;
    const places = askedRecord(source, run.variation)?.places;
    const shown = (index: number | null) => (index === null || !places ? index : places.indexOf(index));
    return { choice: shown(result.judgement.reading.choice), answer: shown(answer), choices: choices.length };
  });
}
