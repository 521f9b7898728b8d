import type { Finding, Severity } from '../../core/annotations/types.ts';
import type { Range } from '../../core/span.ts';
import { count } from '../../core/text.ts';
import type { Format } from '../options.ts';
import { jsonLines, jsonText } from './json.ts';

/** A finding with its file and lines. */
export interface LocatedFinding {
  readonly file: string;
  readonly finding: Finding;
  /** Zero-based, as in the Language Server Protocol. */
  readonly range: Range;
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

/** What `lint` prints; the JSON shape is a contract (design section 6). */
export function lintOutput(findings: readonly LocatedFinding[], format: Format): string {
  switch (format) {
    case 'json':
      return jsonText({ findings: findings.map(toJson), counts: counts(findings) });
    case 'jsonl':
      return jsonLines(findings.map(toJson));
    case 'text': {
      const lines = findings.map(
        (located) => `${place(located)} ${located.finding.severity} ${said(located)}`,
      );
      return `${[...lines, summary(findings)].join('\n')}\n`;
    }
  }
}

/** `file:line:column rule message`, lines and columns counted from 1. */
export function findingLine(located: LocatedFinding): string {
  return `${place(located)} ${said(located)}`;
}

function place({ file, range }: LocatedFinding): string {
  return `${file}:${range.start.line + 1}:${range.start.character + 1}`;
}

function said({ finding }: LocatedFinding): string {
  return `${finding.rule} ${finding.message}`;
}

export function toJson({ file, finding, range }: LocatedFinding) {
  const { rule, severity, recordId, field, message, model, evidence } = finding;
  return { rule, severity, file, record: recordId, field: field ?? null, message, range, model, evidence };
}

/** How many findings of each severity, and of each rule that found something. */
function counts(findings: readonly LocatedFinding[]) {
  const rules: Record<string, number> = {};
  for (const { finding } of findings) rules[finding.rule] = (rules[finding.rule] ?? 0) + 1;
  return { total: findings.length, ...Object.fromEntries(bySeverity(findings)), rules };
}

function bySeverity(findings: readonly LocatedFinding[]): [Severity, number][] {
  return SEVERITIES.map((severity) => [
    severity,
    findings.filter(({ finding }) => finding.severity === severity).length,
  ]);
}

function summary(findings: readonly LocatedFinding[]): string {
  if (findings.length === 0) return 'No findings.';
  const parts = bySeverity(findings).filter(([, n]) => n > 0);
  return `${count(findings.length, 'finding')}: ${parts.map(([severity, n]) => `${n} ${severity}`).join(', ')}.`;
}
