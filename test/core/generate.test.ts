import assert from 'node:assert/strict';
import { Command, Option } from 'commander';
import { commandReference } from '../../scripts/generate/commands.ts';
import { ruleIndex, rulePage } from '../../scripts/generate/rule-pages.ts';
import { withSettings } from '../../scripts/generate/settings.ts';
import type { Rule } from '../../server/src/core/annotations/types.ts';

const RULE: Rule = {
  id: 'no-output',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: 'The model returned <nothing> | at all.',
    why: 'Because.',
    example: '```json\n{}\n```',
    fix: 'Look.',
  },
  check: () => [],
};

describe('The generated files', () => {
  it('give a rule a page with its severity, example and setting', () => {
    const page = rulePage(RULE);
    assert.match(page, /^# no-output$/m);
    assert.match(page, /Severity: warning\./);
    assert.match(page, /^````text\n```json\n\{\}\n```\n````$/m);
    assert.match(page, /"rationale\.rules": \{ "no-output": "off" \}/);
  });

  it('give a rule with a threshold its bounds, on the page and in the settings', () => {
    const rule: Rule = {
      ...RULE,
      threshold: { default: 5, what: 'how many.', minimum: 1, maximum: 9 },
    };
    assert.match(
      rulePage(rule),
      /\{ "no-output": \{ "severity": "warning", "threshold": 5 \} \}.*Threshold: how many\. From 1 to 9; 5 when it is not set\./s,
    );
    const { properties } = JSON.parse(withSettings('{}', [rule])).contributes.configuration;
    const [severity, both] = properties['rationale.rules'].properties['no-output'].anyOf;
    assert.equal(severity.default, 'warning');
    assert.deepEqual(both.properties.threshold, {
      type: 'number',
      default: 5,
      minimum: 1,
      maximum: 9,
      description: 'how many.',
    });
  });

  it('list every rule in the index, whatever its sentence holds', () => {
    assert.match(
      ruleIndex([RULE]),
      /^\| \[no-output\]\(no-output\.md\) \| warning \| The model returned &lt;nothing> \\\| at all\. \|$/m,
    );
  });

  it('write the settings block and leave the rest of package.json as it is', () => {
    const before =
      '{\n  "name": "x",\n  "engines": { "node": ">=20" },\n  "contributes": {\n    "configuration": {\n      "properties": {\n        "rationale.device": {}\n      }\n    }\n  }\n}\n';
    const after = withSettings(before, [RULE]);
    assert.deepEqual(
      JSON.parse(after).contributes.configuration.properties['rationale.rules'].properties['no-output'].enum,
      ['off', 'error', 'warning', 'information', 'hint'],
    );
    assert.ok(after.startsWith('{\n  "name": "x",\n  "engines": { "node": ">=20" },\n'));
    assert.equal(withSettings(after, [RULE]), after);
  });

  it('describe commands by what the program itself declares', () => {
    const program = new Command('rationale').description('Does things.');
    program
      .command('lint')
      .description('check files')
      .argument('<file...>', 'dataset files')
      .addOption(new Option('--format <f>', 'how').choices(['text', 'json']).default('text'));
    program.command('models').description('what runs').command('list').description('the models');
    const page = commandReference(program);
    assert.match(
      page,
      /^## rationale lint\n\nCheck files\.\n\n```\nrationale lint \[options\] <file\.\.\.>\n```$/m,
    );
    assert.match(page, /^\| `file` \| dataset files \|$/m);
    assert.match(page, /^\| `--format <f>` \| how; one of text, json; default text \|$/m);
    assert.match(page, /^## rationale models list$/m);
  });
});
