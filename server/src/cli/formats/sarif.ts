import { createHash } from 'node:crypto';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RULES } from '../../core/annotations/rules/index.ts';
import type { Rule, Severity } from '../../core/annotations/types.ts';
import type { Range } from '../../core/span.ts';
import type { Check, CheckedFile } from './checked.ts';
import { jsonText } from './json.ts';
import type { LocatedFinding, Place } from './place.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** What relative paths are relative to; code scanning services put the repository's root in its place. */
const BASE = '%SRCROOT%';
const FINGERPRINT = 'rationaleFinding/v1';

/** SARIF knows no hints: what is below a warning is a note. */
const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

/**
 * Findings as a SARIF 2.1.0 log (OASIS, "Static Analysis Results Interchange Format", with errata 01). Lines and
 * columns count from 1, columns in UTF-16 units.
 */
export function sarifOutput(files: readonly CheckedFile[], { version, root }: Check): string {
  const indices = new Map(RULES.map((rule, index) => [rule.id, index]));
  const times = new Map<string, number>();
  const results = files.flatMap(({ findings }) =>
    findings.map((located) => {
      const { rule, severity, message, recordId, field, model, evidence } = located.finding;
      return {
        ruleId: rule,
        ruleIndex: indices.get(rule),
        level: LEVELS[severity],
        message: { text: message },
        locations: [location(located, root)],
        ...(located.record && {
          relatedLocations: [{ ...location(located.record, root), message: { text: 'The record.' } }],
        }),
        partialFingerprints: { [FINGERPRINT]: fingerprint(located, times) },
        properties: { severity, record: recordId, field, model, evidence },
      };
    }),
  );
  return jsonText({
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Rationale', semanticVersion: version, rules: RULES.map(descriptor) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [BASE]: { description: { text: 'The folder in which the check ran.' } } },
        results,
      },
    ],
  });
}

function descriptor({ id, scope, severity, docs }: Rule) {
  const { what, why, example, fix } = docs;
  return {
    id,
    name: id.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase()),
    shortDescription: { text: what },
    fullDescription: { text: `${what} ${why}` },
    help: {
      text: `${why}\n\nExample:\n${example}\n\n${fix}`,
      markdown: `${why}\n\n**Example**\n\n${indented(example)}\n\n${fix}`,
    },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: [scope] },
  };
}

/** Text as a block of code, whatever it holds. */
function indented(text: string): string {
  return text.replace(/^/gm, '    ');
}

function location({ file, range }: Place, root: string) {
  return { physicalLocation: { artifactLocation: artifact(file, root), region: region(range) } };
}

function artifact(file: string, root: string) {
  const way = relative(root, resolve(root, file));
  if (way.startsWith('..') || isAbsolute(way)) return { uri: pathToFileURL(resolve(root, file)).href };
  return { uri: way.split(sep).map(encodeURIComponent).join('/'), uriBaseId: BASE };
}

function region({ start, end }: Range) {
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}

/** Stays the same when lines move: made of what was found in which record, and the how-manieth time. */
function fingerprint({ finding }: LocatedFinding, times: Map<string, number>): string {
  const { rule, recordId, field, model, message } = finding;
  const found = JSON.stringify([rule, recordId, field, model, message]);
  const time = (times.get(found) ?? 0) + 1;
  times.set(found, time);
  return createHash('sha256').update(`${found} ${time}`).digest('hex').slice(0, 32);
}
