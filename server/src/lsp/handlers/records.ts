import type { Finding, Severity } from '../../core/annotations/types.ts';
import { shorten } from '../../core/text.ts';
import type { RecordGroup, RecordRow } from '../../protocol/messages.ts';
import type { SeverityCounts } from '../../protocol/values.ts';
import { toRange } from '../convert.ts';
import type { Dataset } from '../dataset.ts';
import type { RequestHandler } from '../handler.ts';
import { pathOf } from '../open-document.ts';
import type { Session } from '../session.ts';

const NO_TOPIC = '(no topic)';
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

/** The records of a dataset in groups; an empty list for a file that is no dataset. */
export const records: RequestHandler<'rationale/records'> = ({ uri, by }, session) => {
  const dataset = session.datasets.open(uri) ?? onDisk(uri, session);
  if (!dataset) return { groups: [] };
  return { groups: by === 'topic' ? byTopic(dataset) : byRule(dataset) };
};

/** An open dataset is checked in the background and told of when done; nobody looks after a closed one. */
function onDisk(uri: string, { datasets }: Session): Dataset | null {
  const path = pathOf(uri);
  const dataset = path === null ? null : datasets.atIfAny(path);
  dataset?.findings.work(Number.POSITIVE_INFINITY);
  return dataset;
}

/** By name; records without a topic come last. */
function byTopic(dataset: Dataset): RecordGroup[] {
  const rows = new Map<string, RecordRow[]>();
  for (const { index, chunk } of dataset.document.records()) {
    const { source } = chunk;
    if (!source) continue;
    const row = rowOf(dataset, index, dataset.findings.known(index), source.span);
    const topic = source.record.topic || NO_TOPIC;
    const group = rows.get(topic);
    if (group) group.push(row);
    else rows.set(topic, [row]);
  }
  const groups = Array.from(rows, ([label, records]) => ({ label, records, counts: sum(records) }));
  return groups.sort(
    (a, b) => Number(a.label === NO_TOPIC) - Number(b.label === NO_TOPIC) || compare(a.label, b.label),
  );
}

/** The most severe rules first, then those that found most. */
function byRule(dataset: Dataset): RecordGroup[] {
  const rows = new Map<string, RecordRow[]>();
  for (const { index } of dataset.document.records()) {
    const found = Map.groupBy(dataset.findings.known(index), (finding) => finding.rule);
    for (const [rule, findings] of found) {
      const row = rowOf(dataset, index, findings, findings[0]!.span);
      const group = rows.get(rule);
      if (group) group.push(row);
      else rows.set(rule, [row]);
    }
  }
  const groups = Array.from(rows, ([label, records]) => ({ label, records, counts: sum(records) }));
  const severity = ({ counts }: RecordGroup) => SEVERITIES.findIndex((level) => counts[level] > 0);
  return groups.sort(
    (a, b) => severity(a) - severity(b) || b.records.length - a.records.length || compare(a.label, b.label),
  );
}

function rowOf(
  dataset: Dataset,
  index: number,
  findings: readonly Finding[],
  span: { start: number; end: number },
): RecordRow {
  const { record } = dataset.document.chunks[index]!.source!;
  return {
    id: record.id,
    label: shorten(record.question),
    range: toRange(dataset.document, index, span),
    counts: counted(findings),
  };
}

function counted(findings: readonly Finding[]): SeverityCounts {
  const counts = { error: 0, warning: 0, information: 0, hint: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

function sum(rows: readonly RecordRow[]): SeverityCounts {
  const total = { error: 0, warning: 0, information: 0, hint: 0 };
  for (const { counts } of rows) for (const severity of SEVERITIES) total[severity] += counts[severity];
  return total;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
