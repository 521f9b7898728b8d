import { count } from '../../core/text.ts';
import { atLeast, type FailOn } from '../options.ts';
import type { Check, CheckedFile } from './checked.ts';
import { findingLine, type LocatedFinding, placeText } from './place.ts';

/**
 * Findings as JUnit XML: a file is a suite and a record is a case, which fails by findings at or above the
 * severity that fails the check. The others are its output.
 */
export function junitOutput(files: readonly CheckedFile[], { command, failOn }: Check): string {
  const suites = files.map((file) => suite(file, failOn));
  const tests = suites.reduce((sum, { cases }) => sum + cases.length, 0);
  const failures = suites.reduce((sum, suite) => sum + suite.failures, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: `rationale ${command}`, tests, failures, errors: 0 })}>`,
    ...suites.flatMap(({ name, cases, failures }) => [
      `  <testsuite${attributes({ name, tests: cases.length, failures, errors: 0, skipped: 0 })}>`,
      ...cases,
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Suite {
  readonly name: string;
  readonly cases: readonly string[];
  readonly failures: number;
}

function suite({ file, records, findings }: CheckedFile, failOn: FailOn): Suite {
  const byRecord = Map.groupBy(findings, caseOf);
  const names = new Set([...records, ...byRecord.keys()]);
  // A file without records, a table of results, is one case.
  if (names.size === 0) names.add(file);
  const cases = [...names].map((name) => testCase(file, name, byRecord.get(name) ?? [], failOn));
  const failures = [...byRecord.values()].filter((group) => group.some(fails(failOn))).length;
  return { name: file, cases, failures };
}

/** Text that is no record has no id; its place names it. */
function caseOf(located: LocatedFinding): string {
  return located.finding.recordId || placeText(located);
}

function testCase(file: string, name: string, findings: readonly LocatedFinding[], failOn: FailOn): string {
  const failing = findings.filter(fails(failOn));
  const others = findings.filter((located) => !failing.includes(located));
  const opening = `    <testcase${attributes({ classname: file, name })}`;
  if (findings.length === 0) return `${opening}/>`;
  return [
    `${opening}>`,
    ...(failing.length > 0 ? [failure(failing)] : []),
    ...(others.length > 0 ? [`      <system-out>${escapeXml(lines(others))}</system-out>`] : []),
    '    </testcase>',
  ].join('\n');
}

/** One failure a case: readers of JUnit files show only the first. */
function failure(findings: readonly LocatedFinding[]): string {
  const { rule, message } = (findings[0] as LocatedFinding).finding;
  const more = findings.length > 1 ? ` (and ${count(findings.length - 1, 'more finding')})` : '';
  return `      <failure${attributes({ type: rule, message: message + more })}>${escapeXml(lines(findings))}</failure>`;
}

function lines(findings: readonly LocatedFinding[]): string {
  return findings.map(findingLine).join('\n');
}

function fails(failOn: FailOn): (located: LocatedFinding) => boolean {
  return ({ finding }) => atLeast(finding.severity, failOn);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replace(/[\t\n\r]+/g, ' ')}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text for XML 1.0, which cannot hold most control characters or half a surrogate pair at all. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '�')
    .replace(/[&<>"]/g, (mark) => ENTITIES[mark] as string);
}
