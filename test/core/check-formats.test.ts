import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import fc from 'fast-check';
import { junitOutput } from '../../server/src/cli/formats/junit.ts';
import type { LocatedFinding } from '../../server/src/cli/formats/place.ts';
import { sarifOutput } from '../../server/src/cli/formats/sarif.ts';
import { RULES } from '../../server/src/core/annotations/rules/index.ts';

const check = { command: 'lint', version: '1.2.3', root: '/data', failOn: 'error' } as const;

function located(
  change: Partial<LocatedFinding['finding']> = {},
  file = 'sets/my problems.json',
): LocatedFinding {
  return {
    file,
    range: { start: { line: 11, character: 14 }, end: { line: 12, character: 0 } },
    finding: {
      rule: 'empty-choice',
      severity: 'error',
      message: 'Choice B is empty.',
      recordId: '7',
      field: 'choices[1]',
      span: { start: 0, end: 1 },
      fixes: [],
      ...change,
    },
  };
}

const require = createRequire(import.meta.url);
/** The OASIS schema of SARIF 2.1.0 as Microsoft's matchers for Jest carry it, in draft 4 of JSON Schema. */
const validator = new Ajv({ schemaId: 'id', meta: false, unknownFormats: 'ignore', logger: false });
validator.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
const isSarif = validator.compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));

/** Every log that a test looks at is valid. */
function sarif(...findings: LocatedFinding[]) {
  const log = JSON.parse(sarifOutput([{ file: 'sets/my problems.json', records: ['7'], findings }], check));
  assert.ok(isSarif(log), JSON.stringify(isSarif.errors, null, 2));
  return { log, run: log.runs[0], results: log.runs[0].results };
}

describe('SARIF', () => {
  it('is held to the schema, which refuses what is no log', () => {
    assert.equal(isSarif({ version: '2.1.0', runs: [{ results: [] }] }), false);
    assert.equal(
      isSarif({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results: [{}] }] }),
      false,
    );
  });

  it('is a log of version 2.1.0 with one run, whose tool names every rule', () => {
    const { log, run } = sarif();
    assert.equal(log.version, '2.1.0');
    assert.match(log.$schema, /sarif-schema-2\.1\.0\.json$/);
    assert.deepEqual(Object.keys(log), ['$schema', 'version', 'runs']);
    assert.equal(run.columnKind, 'utf16CodeUnits');
    assert.deepEqual(run.results, []);
    const { driver } = run.tool;
    assert.deepEqual(
      [driver.name, driver.semanticVersion, driver.rules.length],
      ['Rationale', '1.2.3', RULES.length],
    );
    for (const rule of driver.rules) {
      assert.ok(
        rule.shortDescription.text && rule.fullDescription.text && rule.help.text && rule.help.markdown,
      );
      assert.ok(['error', 'warning', 'note'].includes(rule.defaultConfiguration.level), rule.id);
      assert.match(rule.name, /^[A-Z]\w+$/);
    }
    assert.equal(new Set(driver.rules.map(({ id }: { id: string }) => id)).size, RULES.length);
  });

  it('has a result for each finding, at lines and columns counted from 1', () => {
    const { results, run } = sarif(located());
    const [result] = results;
    assert.deepEqual(result.locations, [
      {
        physicalLocation: {
          artifactLocation: { uri: 'sets/my%20problems.json', uriBaseId: '%SRCROOT%' },
          region: { startLine: 12, startColumn: 15, endLine: 13, endColumn: 1 },
        },
      },
    ]);
    assert.ok('%SRCROOT%' in run.originalUriBaseIds);
    assert.deepEqual(
      [result.ruleId, result.level, result.message],
      ['empty-choice', 'error', { text: 'Choice B is empty.' }],
    );
    assert.equal(run.tool.driver.rules[result.ruleIndex].id, 'empty-choice');
    assert.deepEqual(result.properties, { severity: 'error', record: '7', field: 'choices[1]' });
    assert.equal('relatedLocations' in result, false);
  });

  it('points from an output to its record, and out of the folder by an absolute address', () => {
    const { results } = sarif({ ...located({}, '/elsewhere/out.jsonl'), record: located() });
    assert.deepEqual(results[0].locations[0].physicalLocation.artifactLocation, {
      uri: 'file:///elsewhere/out.jsonl',
    });
    assert.equal(
      results[0].relatedLocations[0].physicalLocation.artifactLocation.uri,
      'sets/my%20problems.json',
    );
  });

  it('calls what is below a warning a note', () => {
    const levels = (['error', 'warning', 'information', 'hint'] as const).map(
      (severity) => sarif(located({ severity })).results[0].level,
    );
    assert.deepEqual(levels, ['error', 'warning', 'note', 'note']);
  });

  it('gives a finding the same fingerprint wherever it stands, and each of two its own', () => {
    const prints = (...findings: LocatedFinding[]) =>
      sarif(...findings).results.map(
        ({ partialFingerprints }: { partialFingerprints: Record<string, string> }) =>
          partialFingerprints['rationaleFinding/v1'],
      );
    const moved = {
      ...located(),
      range: { start: { line: 90, character: 0 }, end: { line: 90, character: 1 } },
    };
    const [first, second] = prints(located(), moved);
    assert.notEqual(first, second);
    assert.deepEqual(prints(moved), [first]);
    assert.notDeepEqual(prints(located({ recordId: '8' })), [first]);
  });
});

function junit(failOn: 'error' | 'warning' | 'never', ...findings: LocatedFinding[]): string {
  return junitOutput([{ file: 'problems.json', records: ['6', '7'], findings }], { ...check, failOn });
}

describe('JUnit', () => {
  it('has a case a record, which fails by what fails the check', () => {
    assert.equal(
      junit(
        'error',
        located({}, 'problems.json'),
        located({ severity: 'hint', rule: 'empty-lecture' }, 'problems.json'),
      ),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="rationale lint" tests="2" failures="1" errors="0">
  <testsuite name="problems.json" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="problems.json" name="6"/>
    <testcase classname="problems.json" name="7">
      <failure type="empty-choice" message="Choice B is empty.">problems.json:12:15 empty-choice Choice B is empty.</failure>
      <system-out>problems.json:12:15 empty-lecture Choice B is empty.</system-out>
    </testcase>
  </testsuite>
</testsuites>
`,
    );
    assert.match(junit('never', located()), /failures="0"[\s\S]*<system-out>/);
    assert.match(
      junit('error', located(), located()),
      /message="Choice B is empty\. \(and 1 more finding\)"/,
    );
  });

  it('names what is no record by its place, and a file that holds neither by its name', () => {
    assert.match(
      junit('error', located({ recordId: '' })),
      /<testcase classname="problems\.json" name="sets\/my problems\.json:12:15">/,
    );
    const table = junitOutput([{ file: 'results.md', records: [], findings: [] }], check);
    assert.match(
      table,
      /tests="1" failures="0"[\s\S]*<testcase classname="results\.md" name="results\.md"\/>/,
    );
  });

  it('is well-formed whatever a record holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const xml = junit('error', located({ message: text, recordId: text }));
        const inside = xml.replace(/<\/?[\w-]+( [\w-]+="[^"<]*")*\/?>|<\?xml[^>]*\?>/g, '');
        assert.doesNotMatch(inside, /[<>]/);
        assert.doesNotMatch(xml, /&(?!amp;|lt;|gt;|quot;)|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/);
        assert.ok(xml.isWellFormed());
      }),
    );
  });
});
