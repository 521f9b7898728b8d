/**
 * The one place where offsets become positions and core findings become diagnostics. A chunk's diagnostics
 * are kept relative to its start, so that a line typed above moves them without making them again.
 */
import { type Diagnostic, DiagnosticSeverity, type TextEdit } from 'vscode-languageserver/node';
import type { ModelResult } from '../core/annotations/results.ts';
import type { Finding, Fix, Severity } from '../core/annotations/types.ts';
import type { RecordResult } from '../core/pipeline.ts';
import type { DatasetDocument } from '../core/records/document.ts';
import type { Position, Range, Span } from '../core/span.ts';

export const SOURCE = 'rationale';

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Where the chunk with this index starts. */
export function chunkStart(document: DatasetDocument, index: number): Position {
  return document.positionAt(document.startOf(index));
}

/** The lines and columns of a span of the chunk with this index. */
export function toRange(document: DatasetDocument, index: number, span: Span): Range {
  const start = document.startOf(index);
  return { start: document.positionAt(start + span.start), end: document.positionAt(start + span.end) };
}

/** The lines and columns of a span of the whole text. */
export function spanRange(document: DatasetDocument, { start, end }: Span): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** A finding as a diagnostic at a range. */
export function toDiagnostic(finding: Finding, range: Range, rulePages: string): Diagnostic {
  return {
    range,
    severity: SEVERITIES[finding.severity],
    // What is no rule's finding has no page to lead to.
    ...(finding.rule === ''
      ? {}
      : { code: finding.rule, codeDescription: { href: rulePage(rulePages, finding.rule) } }),
    source: SOURCE,
    message: finding.message,
  };
}

/** A finding as a diagnostic whose range counts from the start of its chunk. */
export function toChunkDiagnostic(
  document: DatasetDocument,
  index: number,
  finding: Finding,
  rulePages: string,
): Diagnostic {
  const origin = chunkStart(document, index);
  const { start, end } = toRange(document, index, finding.span);
  const range = { start: relativeTo(origin, start), end: relativeTo(origin, end) };
  return toDiagnostic(finding, range, rulePages);
}

/** What is to be said of a file as a whole, on its first line. */
export function note(message: string): Diagnostic {
  const start = { line: 0, character: 0 };
  const range = { start, end: { line: 0, character: 1 } };
  return { range, severity: DiagnosticSeverity.Information, source: SOURCE, message };
}

/** A chunk's diagnostic with the range it has in the document when the chunk starts at `origin`. */
export function moveTo(origin: Position, diagnostic: Diagnostic): Diagnostic {
  const { start, end } = diagnostic.range;
  return { ...diagnostic, range: { start: absolute(origin, start), end: absolute(origin, end) } };
}

/** What the pipeline knows of a record, as hovers and hints want it. */
export function modelResults(results: readonly RecordResult[]): ModelResult[] {
  return results.map(({ run, prediction, judgement, findings, vote }) => ({
    model: run.model,
    role: run.role,
    prediction,
    judgement,
    findings,
    vote,
  }));
}

/** A rule's fix as edits of the document. */
export function toTextEdits(document: DatasetDocument, index: number, fix: Fix): TextEdit[] {
  return fix.edits.map(({ span, newText }) => ({ range: toRange(document, index, span), newText }));
}

/** The page of a rule as a link that any editor can open. @param pages URI of the folder of the pages */
export function rulePage(pages: string, rule: string): string {
  return `${pages}/${rule}.md`;
}

function relativeTo(origin: Position, position: Position): Position {
  const line = position.line - origin.line;
  return { line, character: line === 0 ? position.character - origin.character : position.character };
}

function absolute(origin: Position, { line, character }: Position): Position {
  return { line: origin.line + line, character: line === 0 ? origin.character + character : character };
}
