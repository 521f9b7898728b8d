/** A model's output as views show it. */
import { outputPieces } from '../core/annotations/output-pieces.ts';
import { VERDICT_MARKS, verdictWords } from '../core/annotations/results.ts';
import type { Finding } from '../core/annotations/types.ts';
import type { PartialOutput } from '../core/models/types.ts';
import type { JudgedOutput, Pipeline, RecordResult } from '../core/pipeline.ts';
import type { DatasetDocument } from '../core/records/document.ts';
import type { RecordSource } from '../core/records/types.ts';
import type { RunCard } from '../core/store/types.ts';
import { shorten } from '../core/text.ts';
import type { OutputReport, RecordOutcome } from '../protocol/messages.ts';

import { toRange } from './convert.ts';

/** What more text cannot take back: the other rules speak when the output is whole. */
const LASTING: readonly string[] = [
  'duplicate-stage',
  'language-drift',
  'refusal',
  'repetition',
  'stage-out-of-order',
];

/** A whole output. */
export function outputReport(source: RecordSource, result: RecordResult): OutputReport {
  return { ...reportOf(source, result, result.run, result.findings), isWhole: true };
}

/** What is written so far of an output. */
export function partialReport(
  source: RecordSource,
  { key, output }: PartialOutput,
  run: RunCard,
  pipeline: Pipeline,
): OutputReport {
  const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
  const judged = pipeline.judging.judgeOutput(source, { key, output, finishReason: 'unknown', usage }, run);
  const findings = judged.findings.filter(({ rule }) => LASTING.includes(rule));
  return { ...reportOf(source, judged, run, findings), verdict: null, usage: null, isWhole: false };
}

/** What became of a record in a run, and where the record stands. */
export function recordOutcome(
  document: DatasetDocument,
  { source, result }: { readonly source: RecordSource; readonly result: RecordResult },
): RecordOutcome {
  const { id, question } = source.record;
  const { run, prediction, judgement, findings } = result;
  const { verdict } = judgement;
  const index = document.find(id);
  return {
    id,
    label: shorten(question),
    range: index === undefined ? null : toRange(document, index, source.span),
    verdict: {
      kind: verdict,
      mark: VERDICT_MARKS[verdict],
      words: verdictWords({ model: run.model, role: run.role, prediction, judgement, findings }, source),
    },
  };
}

function reportOf(
  source: RecordSource,
  { prediction, judgement }: JudgedOutput,
  { model, role, device, id }: RunCard,
  findings: readonly Finding[],
): Omit<OutputReport, 'isWhole'> {
  const { verdict, reading, rationale } = judgement;
  const words = verdictWords({ model, role, prediction, judgement, findings }, source);
  return {
    runId: id,
    model,
    device,
    pieces: outputPieces(prediction.output, rationale, reading.span),
    verdict: { kind: verdict, mark: VERDICT_MARKS[verdict], words },
    findings: findings.map(({ rule, severity, message }) => ({ rule, severity, message })),
    usage: prediction.usage,
    error: prediction.error ?? null,
  };
}
