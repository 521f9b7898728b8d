import Table from 'cli-table3';
import type { TextMetrics } from '../text-metrics.ts';

/** The means, by part and metric, with what is needed to quote them. */
export function textMetricsJson({ report, reference, textField, overall }: TextMetrics) {
  const { mode, n, withoutReference, empty } = report;
  const parts = Map.groupBy(report.scores, ({ part }) => part);
  return {
    ...{ mode, reference, textField, n, withoutReference, empty },
    ...Object.fromEntries(
      [...parts].map(([part, scores]) => [
        part,
        Object.fromEntries(
          scores.map(({ metric, mean, n: counted }) => [
            metric.id,
            { mean, n: counted, implementation: metric.implementation },
          ]),
        ),
      ]),
    ),
    ...(overall ? { overall } : {}),
  };
}

/** The scores of one output as a whole, by metric; null where it does not count. */
export function rowMetricsJson({ report }: TextMetrics, index: number) {
  return Object.fromEntries(
    report.scores
      .filter(({ part }) => part === 'whole')
      .map(({ metric, scores }) => [metric.id, scores[index] ?? null]),
  );
}

/** A table of metrics by part, and the sentences without which it must not be quoted. */
export function textMetricsText({ report, reference, textField, overall }: TextMetrics): string {
  const parts = [...new Set(report.scores.map(({ part }) => part))];
  const metrics = [...new Set(report.scores.map(({ metric }) => metric))];
  const table = new Table({
    head: ['metric', ...parts, 'as'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', ...parts.map(() => 'right' as const), 'left'],
  });
  for (const metric of metrics) {
    const means = parts.map(
      (part) => report.scores.find((one) => one.metric === metric && one.part === part)?.mean ?? 0,
    );
    table.push([metric.id, ...means.map((mean) => mean.toFixed(4)), metric.implementation]);
  }
  const scored = textField === null ? 'the outputs’ rationales' : `the field "${textField}"`;
  const sentences = [
    `Text metrics, mode ${report.mode}: ${scored} against ${reference}, n ${report.n}, ${report.empty} empty, ${report.withoutReference} without a reference.`,
    overall
      ? `Overall of the study: ${overall.value === null ? 'not shown, for it needs sentence embeddings (--embeddings names a folder of all-MiniLM-L6-v2 in ONNX)' : overall.value.toFixed(2)}; ${overall.formula}, cosine ${overall.cosine}; an empty output gets ${overall.floor.toFixed(1)}.`
      : '',
  ];
  return [table.toString(), ...sentences.filter((sentence) => sentence !== '')].join('\n');
}
