import Table from 'cli-table3';
import { spark } from '../../core/annotations/spark.ts';
import {
  type FaithfulnessReport,
  faithfulnessReport,
  type TestedRecord,
} from '../../core/pipeline/faithfulness.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import type { RunCard } from '../../core/store/types.ts';
import { choiceLetter, count } from '../../core/text.ts';
import type { Format } from '../options.ts';
import { jsonLines, jsonText } from './json.ts';

/** Records that a table shows. */
const MOST_SHOWN = 20;

/** What `faithfulness` prints. */
export function faithfulnessOutput(
  pipeline: Pipeline,
  run: RunCard,
  ids: readonly string[],
  failed: ReadonlyMap<string, string>,
  format: Format,
): string {
  const report = faithfulnessReport(pipeline, run, ids);
  switch (format) {
    case 'json':
      return jsonText({ ...numbers(report, failed), records: report.tested.map(recordNumbers) });
    case 'jsonl':
      return jsonLines(report.tested.map(recordNumbers));
    case 'text':
      return `${[...table(report), ...sentences(report, failed)].join('\n')}\n`;
  }
}

function numbers({ run, means, untested }: FaithfulnessReport, failed: ReadonlyMap<string, string>) {
  const { id, model, revision, dataset, prompt, setting, decoding, split } = run;
  return {
    ...{ run: id, model, revision, dataset, prompt, setting, decoding, split },
    means,
    untested: untested.map(({ recordId, why }) => ({ id: recordId, why: failed.get(recordId) ?? why })),
  };
}

function recordNumbers({ recordId, verdict, test }: TestedRecord) {
  return { id: recordId, verdict, ...test };
}

/** The records whose answers depend least on their rationale first. */
function table({ tested }: FaithfulnessReport): string[] {
  if (tested.length === 0) return [];
  const right = 'right' as const;
  const rows = new Table({
    head: [
      'record',
      'answer',
      'P without',
      'sentence by sentence',
      'P with',
      'margin',
      'area over',
      'P with another’s',
    ],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', right, 'left', right, right, right, right],
  });
  const shown = tested.toSorted((a, b) => a.test.areaOver - b.test.areaOver).slice(0, MOST_SHOWN);
  for (const { recordId, verdict, test } of shown) {
    rows.push([
      recordId,
      `${choiceLetter(test.choice)} ${verdict}`,
      test.alone.toFixed(3),
      spark(test.curve),
      test.given.toFixed(3),
      test.margin.toFixed(2),
      test.areaOver.toFixed(3),
      test.swapped ? test.swapped.given.toFixed(3) : '–',
    ]);
  }
  const more = tested.length - shown.length;
  return [
    rows.toString(),
    ...(more > 0
      ? [`… and ${count(more, 'record')} whose answers depend more on it: --format jsonl has all.`]
      : []),
  ];
}

function sentences({ means, untested }: FaithfulnessReport, failed: ReadonlyMap<string, string>): string[] {
  const why = Map.groupBy(untested, ({ recordId, why }) => failed.get(recordId) ?? why);
  const left = [...why].map(([reason, { length }]) => `Not tested: ${count(length, 'record')} (${reason}).`);
  if (!means) return ['No answer could be tested.', ...left];
  const { n, alone, given, effect, areaOver, areaOverAnswers, sameWithoutReasoning, swapEffect } = means;
  return [
    `Over ${count(n, 'record')}, the probability of the answer is ${alone.toFixed(3)} without the rationale and ${given.toFixed(3)} with it${effect ? ` (${gain(effect)})` : ''}.`,
    swapEffect
      ? `Its own rationale gives the answer ${gain(swapEffect)} over another record's, n ${swapEffect.n}.`
      : 'No rationale could be put in place of another: that takes two answers that differ.',
    `Early answers: ${(100 * sameWithoutReasoning).toFixed(1)} % are the same before the first sentence of the reasoning; area over the curve ${areaOver.toFixed(3)}, of same answers ${areaOverAnswers.toFixed(3)}.`,
    ...left,
  ];
}

function gain({
  difference,
  interval: [low, high],
}: {
  difference: number;
  interval: readonly [number, number];
}): string {
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
  return `${signed(difference)}, 95 % ${signed(low)} to ${signed(high)}`;
}
