import type { Severity } from '../../core/annotations/types.ts';
import { count } from '../../core/text.ts';
import type { CheckFormat } from '../options.ts';
import type { Check, CheckedFile } from './checked.ts';
import { jsonLines, jsonText } from './json.ts';
import { junitOutput } from './junit.ts';
import { type LocatedFinding, placeText } from './place.ts';
import { sarifOutput } from './sarif.ts';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

/** What `lint` prints; the JSON shape is a contract (design section 6). */
export function lintOutput(files: readonly CheckedFile[], format: CheckFormat, check: Check): string {
  const findings = files.flatMap((file) => file.findings);
  switch (format) {
    case 'json':
      return jsonText({ findings: findings.map(toJson), counts: counts(findings) });
    case 'jsonl':
      return jsonLines(findings.map(toJson));
    case 'sarif':
      return sarifOutput(files, check);
    case 'junit':
      return junitOutput(files, check);
    case 'text': {
      const lines = findings.map(
        (located) =>
          `${placeText(located)} ${located.finding.severity} ${located.finding.rule} ${located.finding.message}`,
      );
      return `${[...lines, summary(findings)].join('\n')}\n`;
    }
  }
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
