import { applyEdits, modify } from 'jsonc-parser';
import type { Rule } from '../../server/src/core/annotations/types.ts';

const PATH = ['contributes', 'configuration', 'properties', 'rationale.rules'];

/** `package.json` with the settings block of the rules written into it; everything else stays as it is. */
export function withRuleSettings(packageJson: string, rules: readonly Rule[]): string {
  const block = settingsBlock(rules);
  const edits = modify(packageJson, PATH, block, { formattingOptions: { insertSpaces: true, tabSize: 2 } });
  return applyEdits(packageJson, edits);
}

const SEVERITIES = ['off', 'error', 'warning', 'information', 'hint'];

function settingsBlock(rules: readonly Rule[]) {
  const properties = rules
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((rule) => [rule.id, settingOf(rule)]);
  return {
    type: 'object',
    additionalProperties: false,
    default: {},
    scope: 'resource',
    markdownDescription:
      'Which rules speak, how severely, and from what on: `"wrong-answer": "off"`, `"repetition": { "severity": "hint", "threshold": 6 }`. What is not named is the rule\'s own.',
    properties: Object.fromEntries(properties),
  };
}

/** A severity; for a rule with a threshold also an object of both. */
function settingOf({ severity, threshold, docs }: Rule) {
  const own = { type: 'string', enum: SEVERITIES, default: severity };
  if (!threshold) return { ...own, description: docs.what };
  const { what, ...bounds } = threshold;
  return {
    anyOf: [
      own,
      {
        type: 'object',
        additionalProperties: false,
        properties: { severity: own, threshold: { type: 'number', ...bounds, description: what } },
      },
    ],
    default: severity,
    description: docs.what,
  };
}
